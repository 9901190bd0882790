using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>A chain of so many jobs: explained, cancelled, restarted, opened again, taken one step on, deleted.</summary>
internal sealed class ChainScenario : IScenario
{
    public async Task RunAsync(string directory, int size, Figures figures)
    {
        IReadOnlyList<Job> jobs;
        BalsamSite site = await Sites.OpenIdleAsync(directory, balsam => balsam.AddApplication<Echo>());
        await using (site)
        {
            BalsamClient client = site.Client;
            jobs = await figures.TimeAsync("submit", () => client.SubmitAsync(Make(size)));
            Check.Same(size - 1, await client.Jobs.InState(JobState.AwaitingParents).CountAsync());
            await figures.TimeAsync("explain_last", () => client.ExplainAsync(jobs[^1].Id));
            Check.Same(size - 1, await figures.TimeAsync("descendants", () => client.Jobs.DescendantsOf(jobs[0].Id).CountAsync()));

            await figures.TimeAsync("cancel_first", () => client.CancelAsync(jobs[0].Id, "wrong"));
            Check.Same(size, await client.Jobs.InState(JobState.Failed).CountAsync());
            Check.Same(jobs[0].Id, (await client.GetAsync(jobs[^1].Id)).Failure!.GuiltyAncestor);
            await figures.TimeAsync("restart_first", () => client.RestartAsync(jobs[0].Id));
            Check.Same(size - 1, await client.Jobs.InState(JobState.AwaitingParents).CountAsync());

            await figures.TimeAsync("cancel_all", () => client.Jobs.CancelAsync("wrong"));
            ChangeReport restarted = await figures.TimeAsync("restart_all", () => client.Jobs.InState(JobState.Failed).RestartAsync());
            Check.Same(size, restarted.Changed.Count);
        }

        site = await figures.TimeAsync("reopen", () => Sites.OpenAsync(directory, 1, balsam => balsam.AddApplication<Echo>(), options => options.Filter = new IdFilter([jobs[0].Id])));
        await using (site)
        {
            BalsamClient client = site.Client;
            IdleReport idle = await figures.TimeAsync("one_step", () => site.RunUntilIdleAsync());
            Check.Same(1, idle.Counts[JobState.JobFinished]);
            Check.That((await client.GetAsync(jobs[1].Id)).State != JobState.AwaitingParents, "The second job was not woken.");
            Check.Same(JobState.AwaitingParents, (await client.GetAsync(jobs[2].Id)).State);
            ChangeReport deleted = await figures.TimeAsync("delete", () => client.DeleteAsync(jobs[0].Id, DeleteScope.WithDescendants));
            Check.Same(size, deleted.Changed.Count);
        }
    }

    /// <summary>Jobs that each wait for the one before.</summary>
    public static NewJob[] Make(int size)
    {
        var jobs = new NewJob[size];
        for (int i = 0; i < size; i++)
        {
            jobs[i] = Echo.NewJob(FormattableString.Invariant($"c/{i / 1000}/{i}"), i);
            if (i > 0)
            {
                jobs[i].After(jobs[i - 1]);
            }
        }

        return jobs;
    }
}
