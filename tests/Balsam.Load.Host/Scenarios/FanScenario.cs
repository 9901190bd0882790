using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>One parent of so many children, and one child of all of them: cancelled, restarted, given more parents, deleted.</summary>
internal sealed class FanScenario : IScenario
{
    public async Task RunAsync(string directory, int size, Figures figures)
    {
        await using BalsamSite site = await Sites.OpenIdleAsync(directory, balsam => balsam.AddApplication<Echo>());
        BalsamClient client = site.Client;
        IReadOnlyList<Job> jobs = await figures.TimeAsync("submit", () => client.SubmitAsync(Make(size)));
        JobId root = jobs[0].Id;
        JobId sink = jobs[^1].Id;
        JobId[] middle = [.. jobs.Skip(1).Take(size).Select(job => job.Id)];
        Check.Same(size + 1, await client.Jobs.InState(JobState.AwaitingParents).CountAsync());
        Check.Same(size + 1, await figures.TimeAsync("descendants", () => client.Jobs.DescendantsOf(root).CountAsync()));
        await figures.TimeAsync("explain_child_of_all", () => client.ExplainAsync(sink));

        await figures.TimeAsync("cancel_root", () => client.CancelAsync(root, "wrong"));
        Check.Same(size + 2, await client.Jobs.InState(JobState.Failed).CountAsync());
        Check.Same(root, (await client.GetAsync(sink)).Failure!.GuiltyAncestor);
        await figures.TimeAsync("restart_root", () => client.RestartAsync(root));
        Check.Same(size + 1, await client.Jobs.InState(JobState.AwaitingParents).CountAsync());

        await figures.TimeAsync("cancel_children", () => client.CancelAsync(middle, "wrong"));
        Check.Same(JobState.Failed, (await client.GetAsync(sink)).State);
        await figures.TimeAsync("restart_children", () => client.RestartAsync(middle));
        Check.Same(JobState.AwaitingParents, (await client.GetAsync(sink)).State);
        Check.Same(size + 1, await client.Jobs.InState(JobState.AwaitingParents).CountAsync());

        await figures.TimeAsync("cancel_all", () => client.Jobs.CancelAsync("wrong"));
        await figures.TimeAsync("restart_all", () => client.Jobs.InState(JobState.Failed).RestartAsync());
        Check.Same(size + 1, await client.Jobs.InState(JobState.AwaitingParents).CountAsync());

        Job late = await client.SubmitAsync(Echo.NewJob("late", 1));
        Job more = await figures.TimeAsync("add_parent", () => client.AddParentsAsync(sink, [late.Id]));
        Check.Same(size + 1, more.Parents.Length);
        ChangeReport deleted = await figures.TimeAsync("delete", () => client.DeleteAsync(root, DeleteScope.WithDescendants));
        Check.Same(size + 2, deleted.Changed.Count);
        Check.Same(1, (await client.CountByStateAsync()).Total);
    }

    /// <summary>The root, its children, and the child of all of them.</summary>
    public static IReadOnlyList<NewJob> Make(int size)
    {
        NewJob root = Echo.NewJob("root", 1);
        NewJob[] middle = [.. Enumerable.Range(0, size).Select(i => Echo.NewJob(FormattableString.Invariant($"m/{i / 1000}/{i}"), i).After(root))];
        return [root, .. middle, Echo.NewJob("sink", 2).After(middle)];
    }
}
