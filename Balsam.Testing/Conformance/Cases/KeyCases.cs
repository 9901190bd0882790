using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Jobs with keys: added once, however often and by however many they are asked for.</summary>
internal static class KeyCases
{
    private const int Submitters = 8;
    private const int GraphSize = 12;

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Key_OfAStoredJob_AddsNothing", "An addition whose key a job has gives that job as it is stored: no job, no event, no change.", Existing),
        new("Key_PartlyStored_AddsTheRest", "Of a graph that is stored in part the rest is added, in the order of the call, below the stored jobs.", Partly),
        new("Key_OfAnEndedParent_LetsTheChildStart", "A stored parent found by its key counts as it is: a finished one is not waited for, a failed one fails the child.", EndedParents),
        new("Key_OfADeletedJob_IsFree", "A deleted job gives its key back, and the new job keeps it.", DeletedFrees),
        new("Key_OfTwoCommitsInOneCall_IsTheFirsts", "Commits of one call see each other's keys.", BatchMates),
        new("Key_OfARefusedCommit_IsFree", "A refused commit takes no key.", RefusedTakesNone),
        new("Key_TwiceInOneCommit_IsAnArgumentMistake", "Two additions of one commit cannot have the same key.", TwiceInOneCommit),
        new("Key_OfAForgedChange_IsRefused", "No change gives a job another key.", Forged),
        new("Key_Similar_AreDifferent", "Keys are compared by character codes, and their parts mean nothing.", Similar),
        new("Key_ManySubmittersAtOnce_AddOneSet", "Callers who race with the same keyed graph end with one set of jobs, all of them given the same.", Race),
        new("Key_Query_FindsItsJob", "Jobs are found by one key, by several, and by having one.", Queries),
        new("Key_AfterReopening_IsTaken", "Keys are kept, and those of deleted jobs stay free, when the store is opened again.", Reopened, needsDurability: true),
    ];

    private static JobAddition Keyed(string key, params IEnumerable<ParentReference> parents) => StoreConformanceContext.Addition(parents) with { Key = key };

    private static JobAddition[] Chain(int length) =>
        [.. Enumerable.Range(0, length).Select(i => Keyed(FormattableString.Invariant($"chain/{i}"), i == 0 ? [] : [ParentReference.ToIndex(i - 1)]))];

    private static async Task Existing(StoreConformanceContext context)
    {
        Job first = (await context.AddAsync(Keyed("a") with { Priority = 3 }))[0];
        Check.Equal("a", first.Key, "The key that the add returned");
        await context.CancelAsync(first.Id);
        Job stored = await context.GetAsync(first.Id);
        Job other = await context.AddOneAsync();
        long before = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        CommitResult again = await context.TryCommitAsync(new JobCommit { Additions = [Keyed("a", ParentReference.To(other.Id)) with { Priority = 9, Application = "Other" }] });
        Check.Sequence([first.Id], again.Added.Select(job => job.Id), "The job in place of the addition");
        Check.SameSet([first.Id], again.Existing, "The jobs that were there");
        Snapshots.ExpectEqual(stored.ToSnapshot(), again.Added[0].ToSnapshot(), "The job given back");
        Snapshots.ExpectEqual(stored.ToSnapshot(), (await context.GetAsync(first.Id)).ToSnapshot(), "The stored job");
        Check.Equal(before, await context.Store.GetLastSequenceAsync(CancellationToken.None), "The last event");
        Check.Equal(2, (await context.AllJobsAsync()).Count, "Jobs");
    }

    private static async Task Partly(StoreConformanceContext context)
    {
        Job stored = (await context.AddAsync(Keyed("b")))[0];
        CommitResult result = await context.TryCommitAsync(new JobCommit
        {
            Additions = [Keyed("a", ParentReference.ToIndex(1)), Keyed("b"), StoreConformanceContext.Addition(ParentReference.ToIndex(0), ParentReference.ToIndex(1), ParentReference.To(stored.Id))],
        });
        Check.Sequence(["a", "b", null], result.Added.Select(job => job.Key), "The keys");
        Check.SameSet([stored.Id], result.Existing, "The jobs that were there");
        Check.Sequence([stored.Id.Value + 1, stored.Id.Value, stored.Id.Value + 2], result.Added.Select(job => job.Id.Value), "The numbers");
        Check.Sequence([stored.Id], result.Added[0].Parents.Select(edge => edge.Parent), "The parents of the first");
        Check.Sequence([result.Added[0].Id, stored.Id], result.Added[2].Parents.Select(edge => edge.Parent), "The parents of the third");
        await context.FinishAsync(stored.Id);
        await context.ExpectStateAsync(JobState.StagedIn, result.Added[0].Id, "the child of the stored job");
    }

    private static async Task EndedParents(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddAsync(Keyed("finished"), Keyed("failed"));
        await context.FinishAsync(parents[0].Id);
        await context.CancelAsync(parents[1].Id);
        IReadOnlyList<Job> jobs = await context.AddAsync(
            Keyed("finished"), Keyed("failed"), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)));
        Check.Sequence([JobState.JobFinished, JobState.Failed, JobState.StagedIn, JobState.Failed], jobs.Select(job => job.State), "The states");
    }

    private static async Task DeletedFrees(StoreConformanceContext context)
    {
        for (int round = 0; round < 3; round++)
        {
            CommitResult result = await context.TryCommitAsync(new JobCommit { Additions = [Keyed("a")] });
            Check.Equal(0, result.Existing.Count, "Jobs that were there after the delete");
            Check.SameSet(result.Added.Select(job => job.Id), (await context.TryCommitAsync(new JobCommit { Additions = [Keyed("a")] })).Existing, "The owner of the key");
            await context.Store.DeleteAsync(new JobDeletion { Ids = [result.Added[0].Id] }, CancellationToken.None);
        }

        Check.Equal(0, (await context.AllJobsAsync()).Count, "Jobs at the end");
    }

    private static async Task BatchMates(StoreConformanceContext context)
    {
        IReadOnlyList<CommitResult> results = await context.Store.CommitAsync(
            [new JobCommit { Additions = [Keyed("a"), Keyed("b")] }, new JobCommit { Additions = [Keyed("c", ParentReference.ToIndex(1)), Keyed("a")] }], CancellationToken.None);
        Check.Equal(results[0].Added[0].Id, results[1].Added[1].Id, "The job of the key");
        Check.SameSet([results[0].Added[0].Id], results[1].Existing, "The jobs that were there for the second commit");
        Check.Sequence([results[0].Added[0].Id], results[1].Added[0].Parents.Select(edge => edge.Parent), "The parents across commits");
        Check.Sequence(["a", "b", "c"], (await context.AllJobsAsync()).Select(job => job.Key), "The stored keys");
    }

    private static async Task RefusedTakesNone(StoreConformanceContext context)
    {
        IReadOnlyList<CommitResult> results = await context.Store.CommitAsync(
            [new JobCommit { Additions = [Keyed("a", ParentReference.To(new JobId(777)))] }, new JobCommit { Additions = [Keyed("a")] }], CancellationToken.None);
        Check.That(results[0].Refusal is JobNotFoundException, "the first is refused");
        Check.Equal(0, results[1].Existing.Count, "Jobs that were there for the second");
        Check.Sequence(["a"], (await context.AllJobsAsync()).Select(job => job.Key), "The stored keys");
    }

    private static async Task TwiceInOneCommit(StoreConformanceContext context)
    {
        await Check.ThrowsAsync<ArgumentException>(
            () => context.Store.CommitAsync([new JobCommit { Additions = [Keyed("b")] }, new JobCommit { Additions = [Keyed("a"), Keyed("a")] }], CancellationToken.None), "A commit with a key twice");
        Check.Equal(0, (await context.AllJobsAsync()).Count, "Jobs after the refused call");
    }

    private static async Task Forged(StoreConformanceContext context)
    {
        Job job = (await context.AddAsync(Keyed("a")))[0];
        Job edited = await context.CommitAsync(new JobChange(job).Edit(fields => fields with { Key = "b", Priority = 2 }, context.Now));
        Check.Equal(("a", 2), (edited.Key, edited.Priority), "Key and priority after an edit of both");
        Job forged = Job.Restore(edited.ToSnapshot() with { Key = "b" });
        CommitResult result = await context.TryCommitAsync(new JobCommit { Changes = [new JobChange(forged).Edit(fields => fields with { Priority = 3 }, context.Now)] });
        Check.That(!result.IsWritten, "a change made on a job with another key is refused");
        Check.Equal("a", (await context.GetAsync(job.Id)).Key, "The key");
    }

    private static async Task Similar(StoreConformanceContext context)
    {
        string[] keys = ["study/a", "study/A", "study", "study/", "study/a ", "study/\u00e4", "study/a\u0308", "\U0001f332", "0", new('k', SubmissionLimits.KeyLength), new('k', SubmissionLimits.KeyLength - 1)];
        IReadOnlyList<Job> jobs = await context.AddAsync([.. keys.Select(key => Keyed(key))]);
        Check.Equal(keys.Length, jobs.Select(job => job.Id).Distinct().Count(), "Different jobs");
        Check.Sequence(jobs.Select(job => job.Id), (await context.AddAsync([.. keys.Select(key => Keyed(key))])).Select(job => job.Id), "The jobs of the same keys");
        foreach (Job job in jobs)
        {
            await ExpectAsync(context, new KeyFilter([job.Key!]), job.Id);
        }
    }

    private static async Task Race(StoreConformanceContext context)
    {
        IReadOnlyList<Job>[] results = await Task.WhenAll(Enumerable.Range(0, Submitters).Select(_ => Task.Run(() => context.AddAsync(Chain(GraphSize)))));
        Check.Equal(GraphSize, (await context.AllJobsAsync()).Count, "Jobs");
        foreach (IReadOnlyList<Job> result in results)
        {
            Check.Sequence(results[0].Select(job => job.Id), result.Select(job => job.Id), "What a submitter was given");
        }

        await Histories.ExpectReplayAsync(context);
    }

    private static async Task Queries(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Chain(40), StoreConformanceContext.Addition() with { Tags = new Dictionary<string, string> { ["chain/1"] = "" } }]);
        await ExpectAsync(context, new KeyFilter(["chain/7"]), jobs[7].Id);
        await ExpectAsync(context, new KeyFilter(["chain/39", "missing", "chain/3", "chain/0"]), jobs[0].Id, jobs[3].Id, jobs[39].Id);
        await ExpectAsync(context, new KeyFilter(["missing"]));
        await ExpectAsync(context, new KeyFilter([]));
        await ExpectAsync(context, new KeyFilter(null).Not(), jobs[40].Id);
        await ExpectAsync(context, new KeyFilter(["chain/2"]).Or(new ChildOfFilter(jobs[0].Id)), jobs[1].Id, jobs[2].Id);
        await ExpectAsync(context, new KeyFilter(["chain/2"]).And(new StateFilter(JobStateSet.Of(JobState.StagedIn))));
        await ExpectAsync(context, new KeyFilter([.. jobs.Take(40).Select(job => job.Key!)]).And(new IdRangeFilter(jobs[36].Id, null)), jobs[37].Id, jobs[38].Id, jobs[39].Id);
    }

    private static async Task Reopened(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(Chain(600));
        await context.CancelAsync(jobs[0].Id);
        await context.Store.DeleteAsync(new JobDeletion { Ids = [jobs[599].Id] }, CancellationToken.None);
        await context.Fixture.ReopenAsync();
        CommitResult again = await context.TryCommitAsync(new JobCommit { Additions = Chain(600) });
        Check.Sequence(jobs.Take(599).Select(job => job.Id), again.Added.Take(599).Select(job => job.Id), "The jobs of the keys");
        Check.Equal(599, again.Existing.Count, "Jobs that were there");
        Check.That(again.Added[599].Id > jobs[599].Id, "the key of the deleted job was free");
        await context.Fixture.ReopenAsync();
        await ExpectAsync(context, new KeyFilter(["chain/599"]), again.Added[599].Id);
        Check.Equal(600, (await context.TryCommitAsync(new JobCommit { Additions = Chain(600) })).Existing.Count, "Jobs that were there the second time");
    }

    private static async Task ExpectAsync(StoreConformanceContext context, JobFilter filter, params JobId[] expected)
    {
        IReadOnlyList<Job> found = await context.Store.QueryAsync(new JobSelector { Filter = filter }, CancellationToken.None);
        Check.Sequence(expected, found.Select(job => job.Id), $"The jobs with {JobFilters.Describe(filter)}");
        IReadOnlyList<Job> falling = await context.Store.QueryAsync(new JobSelector { Filter = filter, Descending = true }, CancellationToken.None);
        Check.Sequence(expected.Reverse(), falling.Select(job => job.Id), $"The jobs with {JobFilters.Describe(filter)}, falling");
    }
}
