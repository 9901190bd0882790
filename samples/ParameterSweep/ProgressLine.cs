using System.Diagnostics;
using Balsam;
using Balsam.Launch;

namespace ParameterSweep;

/// <summary>Shows how far the jobs are: one line rewritten in place on a terminal, a new line now and then where the output goes to a file.</summary>
internal static class ProgressLine
{
    private const int BarWidth = 24;
    private const int RedirectedSteps = 12;

    /// <summary>Waits until nothing can go on any more, and shows each job that ends until then.</summary>
    public static async Task<IdleReport> ShowAsync(BalsamSite site)
    {
        List<Job> jobs = await site.Client.Jobs.ToListAsync();
        using var idle = new CancellationTokenSource();
        Task shown = ShowAsync(site.Client, jobs, idle.Token);
        IdleReport report = await site.RunUntilIdleAsync();
        await idle.CancelAsync();
        await shown.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return report;
    }

    private static async Task ShowAsync(BalsamClient client, List<Job> jobs, CancellationToken idle)
    {
        int before = jobs.Count(job => job.State.IsFinal());
        int ended = 0;
        long start = Stopwatch.GetTimestamp();
        await foreach (Job job in client.WhenEachAsync(jobs, idle))
        {
            if (++ended > before)
            {
                Show(job, ended, jobs.Count, before, Stopwatch.GetElapsedTime(start));
            }
        }

        if (!Console.IsOutputRedirected && ended > before)
        {
            Console.WriteLine();
        }
    }

    private static void Show(Job job, int ended, int total, int before, TimeSpan elapsed)
    {
        int filled = BarWidth * ended / total;
        TimeSpan left = elapsed / (ended - before) * (total - ended);
        string text = FormattableString.Invariant(
            $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {ended}/{total}  {elapsed.TotalSeconds:F0} s, about {left.TotalSeconds:F0} s left  {job.Workdir} {job.State.ToText()}");
        if (!Console.IsOutputRedirected)
        {
            Console.Write($"\r{text,-100}");
        }
        else if (ended * RedirectedSteps / total != (ended - 1) * RedirectedSteps / total)
        {
            Console.WriteLine(text);
        }
    }
}
