using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Many callers at once.</summary>
internal static class ConcurrencyCases
{
    private const int Writers = 8;
    private const int Writes = 200;

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Concurrent_Writers_AreAllApplied", "8 writers with 200 commits each: every acknowledged commit is there, and the counts agree.", AllApplied),
        new("Concurrent_ChangesOfOneJob_LoseNoUpdate", "Writers that race for one job and try again on a stale version lose no update.", NoLostUpdate),
        new("Concurrent_ParentsFinishing_WakeTheChildOnce", "Parents that finish at the same time wake their child exactly once.", WakeOnce),
        new("Concurrent_Readers_SeeWholeCommits", "A reader of two jobs that are always written together sees them agree.", WholeCommits),
        new("Concurrent_Adds_NeverShareANumber", "Graphs added at the same time get numbers of their own, rising within each.", Numbers),
        new("Concurrent_EventReader_SeesEachEventOnce", "A reader that follows the stream while others write sees every event once, in order.", Follow),
    ];

    private static Task RunAsync(Func<int, Task> writer) => Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => writer(i))));

    private static async Task AllApplied(StoreConformanceContext context)
    {
        await RunAsync(async _ =>
        {
            Job job = await context.AddOneAsync();
            for (int i = 1; i < Writes; i++)
            {
                job = await context.CommitAsync(new JobChange(job).Edit(fields => fields with { Priority = fields.Priority + 1 }, context.Now));
            }
        });
        Check.Sequence(Enumerable.Repeat(Writes - 1, Writers), (await context.AllJobsAsync()).Select(job => job.Priority), "The counters");
        Check.Equal(Writers, (await context.Store.CountAsync(JobFilter.All, CancellationToken.None))[JobState.StagedIn], "The count");
    }

    private static async Task NoLostUpdate(StoreConformanceContext context)
    {
        JobId id = (await context.AddOneAsync()).Id;
        await RunAsync(async _ =>
        {
            for (int done = 0; done < 20;)
            {
                var change = new JobChange(await context.GetAsync(id));
                CommitResult result = await context.TryCommitAsync(new JobCommit { Changes = [change.Edit(fields => fields with { Priority = fields.Priority + 1 }, context.Now)] });
                Check.That(result.Refusal is null or JobConcurrencyException, $"a lost race is a version clash; it was {result.Refusal?.Message}");
                done += result.IsWritten ? 1 : 0;
            }
        });
        Check.Equal(Writers * 20, (await context.GetAsync(id)).Priority, "The counter");
    }

    private static async Task WakeOnce(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(Writers * 10);
        Job child = await context.AddOneAsync(parents.Select(parent => ParentReference.To(parent.Id)));
        await RunAsync(async writer =>
        {
            foreach (Job parent in parents.Where((_, i) => i % Writers == writer))
            {
                await context.FinishAsync(parent.Id);
            }
        });
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
        Check.Equal(3, (await context.Store.ReadHistoryAsync(child.Id, CancellationToken.None)).Count, "Events of the child");
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task WholeCommits(StoreConformanceContext context)
    {
        JobId[] pair = [.. (await context.AddManyAsync(2)).Select(job => job.Id)];
        Task writer = Task.Run(async () =>
        {
            for (int i = 1; i <= Writes; i++)
            {
                IReadOnlyList<Job> jobs = await context.Store.FindAsync(pair, CancellationToken.None);
                await context.CommitAsync(new JobCommit { Changes = [.. jobs.Select(job => new JobChange(job).Edit(fields => fields with { Priority = i }, context.Now))] });
            }
        });
        do
        {
            IReadOnlyList<Job> seen = await context.Store.FindAsync(pair, CancellationToken.None);
            Check.Equal(seen[0].Priority, seen[1].Priority, "The counter of the second job against the first");
        }
        while (!writer.IsCompleted);
        await writer;
    }

    private static async Task Numbers(StoreConformanceContext context)
    {
        List<IReadOnlyList<Job>> all = [];
        await RunAsync(async _ =>
        {
            for (int i = 0; i < 20; i++)
            {
                IReadOnlyList<Job> added = await context.AddAsync(StoreConformanceContext.Addition(ParentReference.ToIndex(1)), StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)));
                lock (all)
                {
                    all.Add(added);
                }
            }
        });
        Check.Equal(Writers * 60, all.SelectMany(graph => graph).Select(job => job.Id).Distinct().Count(), "Different numbers");
        foreach (IReadOnlyList<Job> graph in all)
        {
            Check.Sequence(graph.Select(job => job.Id).Order(), graph.Select(job => job.Id), "The numbers of a graph");
            Check.Sequence([graph[1].Id, graph[0].Id], [graph[0].Parents[0].Parent, graph[2].Parents[0].Parent], "The parents of a graph");
        }
    }

    private static async Task Follow(StoreConformanceContext context)
    {
        const int Expected = Writers * 20 * 2;
        Task writers = RunAsync(async _ =>
        {
            for (int i = 0; i < 20; i++)
            {
                await context.AddOneAsync();
            }
        });
        List<long> seen = [];
        while (seen.Count < Expected)
        {
            long after = seen.Count == 0 ? 0 : seen[^1];
            await context.Store.WaitForEventsAsync(after, CancellationToken.None);
            seen.AddRange((await context.Store.ReadEventsAsync(after, 13, CancellationToken.None)).Select(step => step.Sequence));
        }

        await writers;
        Check.Sequence((await context.AllEventsAsync()).Select(step => step.Sequence), seen, "The events followed");
    }
}
