using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>A chain of so many functions, run through in memory.</summary>
internal sealed class ChainRunScenario : IScenario
{
    public async Task RunAsync(string directory, int size, Figures figures)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, 2, balsam => balsam.UseInMemory().AddApplication<Echo>());
        IReadOnlyList<Job> jobs = await figures.TimeAsync("submit", () => site.Client.SubmitAsync(ChainScenario.Make(size)));
        Job last = await figures.TimeAsync("run", () => site.Client.WaitAsync(jobs[^1]));
        Check.Same(JobState.JobFinished, last.State);
        Check.Same(size, (await site.Client.CountByStateAsync())[JobState.JobFinished]);
    }
}
