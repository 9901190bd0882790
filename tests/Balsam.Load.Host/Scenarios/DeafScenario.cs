using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>So many jobs that ignore SIGTERM, with a child each: half are cancelled, half come to their time limit.</summary>
internal sealed class DeafScenario : IScenario
{
    private const string Deaf = "trap '' TERM HUP INT; : > ready; while :; do sleep 600; done";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public async Task RunAsync(string directory, int size, Figures figures)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, size, balsam => balsam.AddApplication<Script>(), options => options.KillGrace = Grace);
        BalsamClient client = site.Client;
        var limited = new JobResources { TimeLimit = TimeSpan.FromSeconds(2) };
        IReadOnlyList<Job> jobs = await client.SubmitAsync(Enumerable.Range(0, size).Select(i =>
        {
            NewJob job = Script.NewJob(FormattableString.Invariant($"d/{i}"), new Script.Parameters(Deaf)).WithPriority(i % 2);
            return i % 2 == 0 ? job : job.WithResources(limited);
        }));
        Job[] cancelled = [.. jobs.Where((_, i) => i % 2 == 0)];
        Job[] timed = [.. jobs.Where((_, i) => i % 2 != 0)];
        await figures.TimeAsync("ready", () => Processes.UntilAsync(() => cancelled.All(job => File.Exists(Path.Combine(site.WorkdirOf(job), "ready")))));
        await figures.TimeAsync("stop", async () =>
        {
            await client.CancelAsync(cancelled, "they do not listen");
            await Processes.UntilAsync(() => HaveEndedAsync(client, jobs));
            await client.CancelAsync(timed, "they would be restarted");
            await site.RunUntilIdleAsync();
        });
        Check.Same(size, (await client.CountByStateAsync())[JobState.Failed]);
        Check.Same(0, Processes.WithEnvironment(directory).Length);
    }

    private static async Task<bool> HaveEndedAsync(BalsamClient client, IReadOnlyList<Job> jobs)
    {
        foreach (Job job in jobs)
        {
            if (!(await client.GetHistoryAsync(job.Id)).Any(step => step.To is JobState.RunTimeout or JobState.Failed))
            {
                return false;
            }
        }

        return true;
    }
}
