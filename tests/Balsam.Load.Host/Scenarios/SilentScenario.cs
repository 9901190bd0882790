using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>So many jobs that close their output, or delete it, and go on.</summary>
internal sealed class SilentScenario : IScenario
{
    private const string Closes = "echo before; exec 0<&- 1>&- 2>&-; cat /dev/null > went-on; exit 0";
    private const string Deletes = "echo before; rm job.out; echo after; mkdir job.out; : > went-on; exit 4";

    public async Task RunAsync(string directory, int size, Figures figures)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, 4, balsam => balsam.AddApplication<Script>());
        BalsamClient client = site.Client;
        IReadOnlyList<Job> jobs = await client.SubmitAsync(Enumerable.Range(0, size).Select(i => Script.NewJob(FormattableString.Invariant($"q/{i}"), new Script.Parameters(i % 2 == 0 ? Closes : Deletes))));
        await figures.TimeAsync("run", () => site.RunUntilIdleAsync());
        foreach (Job job in await client.Jobs.ToListAsync())
        {
            bool closes = (job.Id.Value - jobs[0].Id.Value) % 2 == 0;
            Check.That(File.Exists(Path.Combine(site.WorkdirOf(job), "went-on")), $"{job} did not go on.");
            Check.Same(closes ? JobState.JobFinished : JobState.Failed, job.State);
            Check.That(closes || job.Failure is { Kind: FailureKind.ExitCode, ExitCode: 4 }, $"{job} failed for another reason than its exit code: {job.Failure}");
        }
    }
}
