using System.Diagnostics;
using Balsam;

namespace WorkflowReplay;

/// <summary>Shows how far the tasks are: one line rewritten in place on a terminal, a new line now and then where the output goes to a file.</summary>
internal static class ReplayProgress
{
    private const int RedirectedSteps = 10;

    /// <summary>Waits until nothing can go on any more, and shows each task that ends until then.</summary>
    public static async Task ShowAsync(BalsamSite site, IReadOnlyList<Job> jobs)
    {
        using var idle = new CancellationTokenSource();
        Task shown = ShowAsync(site.Client, jobs, idle.Token);
        await site.RunUntilIdleAsync();
        await idle.CancelAsync();
        await shown.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task ShowAsync(BalsamClient client, IReadOnlyList<Job> jobs, CancellationToken idle)
    {
        int before = jobs.Count(job => job.State.IsFinal());
        int ended = 0;
        long start = Stopwatch.GetTimestamp();
        await foreach (Job job in client.WhenEachAsync(jobs, idle))
        {
            if (++ended <= before)
            {
                continue;
            }

            string text = FormattableString.Invariant($"{ended} of {jobs.Count} tasks ended, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s: {job.Workdir} {job.State.ToText()}");
            if (!Console.IsOutputRedirected)
            {
                Console.Write($"\r{(text.Length > 99 ? text[..99] : text),-99}");
            }
            else if (ended * RedirectedSteps / jobs.Count != (ended - 1) * RedirectedSteps / jobs.Count)
            {
                Console.WriteLine(text);
            }
        }

        if (!Console.IsOutputRedirected && ended > before)
        {
            Console.WriteLine();
        }
    }
}
