using Balsam.Storage;
using Balsam.Storage.Embedded;
using Balsam.Testing.Conformance;

namespace Balsam.Core.Tests.Storage;

/// <summary>The engine of embedded stores: the contract, opened again and again, and what happens while the disk is slow or fails.</summary>
public sealed class EmbeddedJobStoreTests
{
    private static readonly JobAddition Addition = new() { Application = "App", Site = "local" };
    private static readonly CancellationToken None = CancellationToken.None;

    private DiskStoreFixture _fixture = null!;

    private IJobStore Store => _fixture.Store;

    private DateTimeOffset Now => _fixture.Time.GetUtcNow();

    [SetUp]
    public async Task Open() => _fixture = await DiskStoreFixture.OpenAsync();

    [TearDown]
    public async Task Close() => await _fixture.DisposeAsync();

    [TestCaseSource(typeof(StoreConformance), nameof(StoreConformance.Cases))]
    public Task EmbeddedStore_OfTheContract_Keeps(StoreConformanceCase promise) => promise.RunAsync(_fixture);

    [Test]
    [Explicit("Takes a minute.")]
    public async Task EmbeddedStore_UnderManyRandomCommands_AgreesWithTheModel()
    {
        foreach (StoreConformanceCase promise in StoreConformance.ModelCases(5_000, 300, 400))
        {
            await using DiskStoreFixture fixture = await DiskStoreFixture.OpenAsync();
            await promise.RunAsync(fixture);
        }
    }

    // What is on disk can be read there before the engine has published it: on this disk, for long.
    [Test]
    public async Task EmbeddedStore_OnADiskThatIsAheadOfIt_LetsNobodyGoBackInTime([Range(1, 4)] int seed)
    {
        _fixture.Disk.Written = _ => Thread.Sleep(2);
        await StoreConformance.LinearCases(seed, 1, 12).Single().RunAsync(_fixture);
    }

    [Test]
    public async Task Commit_WriteFails_SaysSoAndChangesNothing()
    {
        Job job = await AddAsync();
        _fixture.Disk.Writing = _ => throw new IOException("disk full");
        StoreException refused = (await Assert.ThrowsAsync<StoreException>(() => Store.CommitAsync([new JobCommit { Changes = [Cancel(job)], Additions = [Addition] }], None)))!;
        Assert.That(refused.Message, Does.Contain("test disk").And.Contain("disk full"));
        Assert.That((await Store.FindAsync([job.Id], None))[0].State, Is.EqualTo(JobState.StagedIn));
        Assert.That((await Store.CountAsync(JobFilter.All, None)).Total, Is.EqualTo(1));
        Assert.That(await Store.ReadEventsAsync(0, 100, None), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Commit_AfterAFailedWrite_GoesOnWhereTheDiskIs()
    {
        Job parent = await AddAsync();
        Job child = await AddAsync(ParentReference.To(parent.Id));
        _fixture.Disk.Writing = _ => throw new IOException("disk full");
        await Assert.ThrowsAsync<StoreException>(() => Store.CommitAsync([new JobCommit { Changes = [Cancel(parent)] }], None));
        _fixture.Disk.Writing = _ => { };
        CommitResult result = (await Store.CommitAsync([new JobCommit { Changes = [Cancel(parent)] }], None))[0];
        Assert.That(result.IsWritten, Is.True);
        Assert.That((await Store.FindAsync([child.Id], None))[0].State, Is.EqualTo(JobState.Failed));
        Assert.That((await Store.ReadEventsAsync(0, 100, None)).Select(step => step.Sequence), Is.Ordered.And.Unique);
    }

    [Test]
    public async Task Commit_WrittenButReportedAsFailed_IsSeenAfterwardsOnce()
    {
        Job job = await AddAsync();
        _fixture.Disk.Written = _ => throw new IOException("lost the answer");
        await Assert.ThrowsAsync<StoreException>(() => Store.CommitAsync([new JobCommit { Changes = [Cancel(job)], Additions = [Addition] }], None));
        _fixture.Disk.Written = _ => { };
        CommitResult again = (await Store.CommitAsync([new JobCommit { Changes = [Cancel(job)] }], None))[0];
        Assert.That(again.Refusal, Is.TypeOf<JobConcurrencyException>(), "the first try counted");
        Job next = await AddAsync();
        Assert.That(next.Id, Is.EqualTo(new JobId(3)));
        Assert.That((await Store.CountAsync(JobFilter.All, None)).Total, Is.EqualTo(3));
        Assert.That((await Store.ReadEventsAsync(0, 100, None)).Select(step => step.Sequence), Is.Ordered.And.Unique);
    }

    [Test]
    public async Task Claim_AfterAFailedWrite_StillKnowsWhoHoldsWhat()
    {
        await AddAsync();
        LauncherSession session = await OpenSessionAsync();
        Job held = (await ClaimAsync(session)).Single();
        _fixture.Disk.Writing = _ => throw new IOException("disk full");
        await Assert.ThrowsAsync<StoreException>(() => AddAsync());
        _fixture.Disk.Writing = _ => { };
        Job next = await AddAsync();
        Assert.That((await ClaimAsync(await OpenSessionAsync())).Select(job => job.Id), Is.EqualTo(new[] { next.Id }));
        JobChange change = new JobChange(held).Apply(JobTrigger.Preprocessed, Now);
        Assert.That((await Store.CommitAsync([new JobCommit { Lease = session.Token, Changes = [change] }], None))[0].IsWritten, Is.True);
    }

    [Test]
    public async Task Commit_CancelledWhileItWaitsForTheWriter_LeavesNothing()
    {
        using var slow = new SlowDisk(_fixture.Disk);
        Task<Job> first = AddAsync();
        await slow.Began;
        using var cancel = new CancellationTokenSource();
        Task second = Store.CommitAsync([new JobCommit { Additions = [Addition, Addition] }], cancel.Token);
        await cancel.CancelAsync();
        slow.GoOn();
        await first;
        await Assert.ThrowsAsync<TaskCanceledException>(() => second);
        Assert.That((await Store.QueryAsync(new JobSelector(), None)).Select(job => job.Id), Is.EqualTo(new[] { (await first).Id }));
    }

    [Test]
    public async Task Commit_CancelledWhileItIsWritten_IsFinished()
    {
        using var slow = new SlowDisk(_fixture.Disk);
        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<CommitResult>> write = Store.CommitAsync([new JobCommit { Additions = [Addition] }], cancel.Token);
        await slow.Began;
        await cancel.CancelAsync();
        slow.GoOn();
        Assert.That((await write)[0].IsWritten, Is.True);
    }

    [Test]
    public async Task Commit_ManyWhileOneIsWritten_ShareTheNextWrite()
    {
        using var slow = new SlowDisk(_fixture.Disk);
        Task<Job> first = AddAsync();
        await slow.Began;
        Task<Job>[] others = [.. Enumerable.Range(0, 50).Select(_ => AddAsync())];
        slow.GoOn();
        await Task.WhenAll(others);
        await first;
        Assert.That(slow.Writes, Is.EqualTo(2));
    }

    [Test]
    public async Task Read_WhileAWriteIsOnItsWay_SeesTheStateBefore()
    {
        Job job = await AddAsync();
        using var slow = new SlowDisk(_fixture.Disk);
        Task write = Store.CommitAsync([new JobCommit { Changes = [Cancel(job)] }], None);
        await slow.Began;
        Assert.That((await Store.FindAsync([job.Id], None))[0].State, Is.EqualTo(JobState.StagedIn));
        Assert.That((await Store.CountAsync(JobFilter.All, None))[JobState.Failed], Is.Zero);
        slow.GoOn();
        await write;
        Assert.That((await Store.CountAsync(JobFilter.All, None))[JobState.Failed], Is.EqualTo(1));
    }

    [Test]
    public async Task Claim_WhileAChangeOrDeleteIsOnItsWay_WaitsForIt([Values] bool delete)
    {
        Job job = await AddAsync();
        LauncherSession session = await OpenSessionAsync();
        using var slow = new SlowDisk(_fixture.Disk);
        Task write = delete
            ? Store.DeleteAsync(new JobDeletion { Ids = [job.Id] }, None)
            : Store.ChangeAsync(new JobBulkChange { Ids = [job.Id], Rule = (now, _) => JobDecision.Make(new JobChange(now).Edit(fields => fields with { Priority = 7 }, Now)) }, None);
        await slow.Began;
        Task<IReadOnlyList<Job>> claim = ClaimAsync(session);
        Assert.That(claim.IsCompleted, Is.False);
        slow.GoOn();
        await write;
        Assert.That((await claim).Select(claimed => claimed.Priority), Is.EqualTo(delete ? Array.Empty<int>() : [7]));
    }

    [Test]
    public async Task Claim_AfterTheChangeOnItsWayFailed_FindsTheJobAsItWas()
    {
        Job job = await AddAsync();
        LauncherSession session = await OpenSessionAsync();
        await Store.WaitForNewsAsync(session.Token, None);
        _fixture.Disk.Writing = _ => throw new IOException("disk full");
        await Assert.ThrowsAsync<StoreException>(() => Store.CommitAsync([new JobCommit { Changes = [Cancel(job)] }], None));
        Assert.That((await ClaimAsync(session)).Select(claimed => claimed.State), Is.EqualTo(new[] { JobState.StagedIn }));
    }

    [Test]
    public async Task Release_OfAJobWhoseCancelIsOnItsWay_WaitsForIt()
    {
        Job job = await AddAsync();
        LauncherSession first = await OpenSessionAsync();
        LauncherSession second = await OpenSessionAsync();
        await ClaimAsync(first);
        using var slow = new SlowDisk(_fixture.Disk);
        Task write = Store.CommitAsync([new JobCommit { Changes = [Cancel(job)] }], None);
        await slow.Began;
        Task release = Store.ReleaseAsync(first.Token, [job.Id], None);
        Assert.That(release.IsCompleted, Is.False, "who is told that it is done would read the job as it was");
        Assert.That(await ClaimAsync(second), Is.Empty);
        slow.GoOn();
        await release;
        Assert.That((await Store.FindAsync([job.Id], None))[0].State, Is.EqualTo(JobState.Failed));
        Assert.That(await ClaimAsync(second), Is.Empty);
        Assert.That(await Store.FindLeasesAsync([job.Id], None), Is.Empty);
        await write;
    }

    [Test]
    public async Task CloseSession_OnItsWay_IsSeenByNobody()
    {
        await AddAsync();
        LauncherSession session = await OpenSessionAsync();
        Job held = (await ClaimAsync(session)).Single();
        using var slow = new SlowDisk(_fixture.Disk);
        Task close = Store.CloseSessionAsync(session.Token, None);
        await slow.Began;
        await Store.RenewAsync(session.Token, None);
        Assert.That(await Store.ListSessionsAsync(None), Has.Count.EqualTo(1));
        Assert.That(await Store.FindLeasesAsync([held.Id], None), Has.Count.EqualTo(1));
        slow.GoOn();
        await close;
        Assert.That(await Store.ListSessionsAsync(None), Is.Empty);
        Assert.That(await Store.FindLeasesAsync([held.Id], None), Is.Empty);
    }

    [Test]
    public async Task CloseSession_InOneWriteWithOthersOfTheSession_EndsWhatCameBeforeAndRefusesWhatComesAfter()
    {
        await AddAsync();
        LauncherSession session = await OpenSessionAsync();
        Job held = (await ClaimAsync(session)).Single();
        JobChange running = new JobChange(held).Apply(JobTrigger.Preprocessed, Now).Apply(JobTrigger.Started, Now);
        using var slow = new SlowDisk(_fixture.Disk);
        Task<Job> first = AddAsync();
        await slow.Began;
        Task<IReadOnlyList<CommitResult>> lets = Store.CommitAsync([new JobCommit { Lease = session.Token, Changes = [running] }], None);
        Task close = Store.CloseSessionAsync(session.Token, None);
        Task again = Store.CloseSessionAsync(session.Token, None);
        Task<IReadOnlyList<CommitResult>> late = Store.CommitAsync([new JobCommit { Lease = session.Token, Changes = [new JobChange(running.After).Apply(JobTrigger.RunSucceeded, Now)] }], None);
        slow.GoOn();
        await Task.WhenAll(first, lets, close);
        Assert.That(slow.Writes, Is.EqualTo(2));
        Assert.That((await Store.FindAsync([held.Id], None))[0].State, Is.EqualTo(JobState.Running), "the session had let go of it");
        await Assert.ThrowsAsync<LeaseLostException>(() => again);
        Assert.That((await late)[0].Refusal, Is.InstanceOf<LeaseLostException>());
    }

    [Test]
    public async Task Claim_WhileChangesFollowEachOther_WaitsForOneOfThem()
    {
        Job job = await AddAsync();
        LauncherSession session = await OpenSessionAsync();
        using var slow = new SlowDisk(_fixture.Disk, writes: 2);
        Task first = ChangePriorityAsync(job, 1);
        await slow.Began;
        Task second = ChangePriorityAsync(job, 2);
        Task<IReadOnlyList<Job>> claim = ClaimAsync(session);
        slow.GoOn();
        Assert.That((await claim).Select(claimed => claimed.Priority), Is.EqualTo(new[] { 1 }), "the second write has not ended");
        Assert.That(second.IsCompleted, Is.False);
        slow.GoOn();
        await Task.WhenAll(first, second);
        Assert.That((await Store.WaitForNewsAsync(session.Token, None)).Changed, Is.EqualTo(new[] { job.Id }));
    }

    [Test]
    public async Task Claim_CancelledWhileItWaitsForAWrite_LeavesTheJobToOthers()
    {
        Job job = await AddAsync();
        LauncherSession session = await OpenSessionAsync();
        using var slow = new SlowDisk(_fixture.Disk);
        Task write = ChangePriorityAsync(job, 1);
        await slow.Began;
        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<Job>> given = ClaimAsync(session, cancel.Token);
        Task<IReadOnlyList<Job>> other = ClaimAsync(await ListedSessionAsync());
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => given);
        slow.GoOn();
        await write;
        Assert.That(await other, Has.Count.EqualTo(1));

        async Task<LauncherSession> ListedSessionAsync() => (await Store.ListSessionsAsync(None)).Single();
    }

    // A rule may take its time: only claims and writes wait for it.
    [Test]
    public async Task Change_WhileItsRuleRuns_KeepsNoReaderWaiting()
    {
        Job job = await AddAsync();
        LauncherSession session = await OpenSessionAsync();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        Task change = Store.ChangeAsync(
            new JobBulkChange
            {
                Ids = [job.Id],
                Rule = (_, _) =>
                {
                    began.SetResult();
                    goOn.Wait();
                    return JobDecision.Refuse(WhyUnchanged.AlreadySo, "only looking");
                },
            },
            None);
        await began.Task;
        Task reads = Task.Run(async () =>
        {
            await Store.FindAsync([job.Id], None);
            await Store.QueryAsync(new JobSelector(), None);
            await Store.CountAsync(JobFilter.All, None);
            await Store.ReadEventsAsync(0, 10, None);
            await Store.RenewAsync(session.Token, None);
            await Store.FindLeasesAsync([job.Id], None);
        });
        Task<IReadOnlyList<Job>> claim = Task.Run(() => ClaimAsync(session));
        Task first = await Task.WhenAny(reads, change, Task.Delay(TimeSpan.FromMinutes(1)));
        Assert.That(claim.IsCompleted, Is.False, "the rule may go by who holds the job");
        goOn.Set();
        Assert.That(first, Is.SameAs(reads));
        await Task.WhenAll(reads, change);
        Assert.That(await claim, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Delete_OfAJobOfTheSameWrite_LeavesNoEvents()
    {
        using var slow = new SlowDisk(_fixture.Disk);
        Task<Job> first = AddAsync();
        await slow.Began;
        Task<Job> second = AddAsync();
        Task<ChangeReport> delete = Store.DeleteAsync(new JobDeletion { Ids = [new JobId(2)] }, None);
        slow.GoOn();
        Assert.That((await delete).Changed, Is.EqualTo(new[] { (await second).Id }));
        Assert.That((await Store.ReadEventsAsync(0, 100, None)).Select(step => step.JobId).Distinct(), Is.EqualTo(new[] { (await first).Id }));
        Assert.That((await Store.CountAsync(JobFilter.All, None)).Total, Is.EqualTo(1));
    }

    [Test]
    public async Task Commit_OfASessionThatLetGoInTheSameWrite_IsRefused()
    {
        await AddAsync();
        LauncherSession session = await OpenSessionAsync();
        Job held = (await ClaimAsync(session)).Single();
        JobChange first = new JobChange(held).Apply(JobTrigger.Preprocessed, Now);
        JobChange second = new JobChange(first.After).Apply(JobTrigger.Started, Now);
        IReadOnlyList<CommitResult> results = await Store.CommitAsync(
            [new JobCommit { Lease = session.Token, Changes = [first] }, new JobCommit { Lease = session.Token, Changes = [second] }], None);
        Assert.That(results.Select(result => result.Refusal?.GetType()), Is.EqualTo(new[] { null, typeof(LeaseLostException) }));
    }

    [Test]
    public async Task Dispose_WhileAWriteIsOnItsWay_WaitsForIt()
    {
        using var slow = new SlowDisk(_fixture.Disk);
        Task<Job> add = AddAsync();
        await slow.Began;
        ValueTask dispose = Store.DisposeAsync();
        Assert.That(dispose.IsCompleted, Is.False);
        slow.GoOn();
        await dispose;
        Assert.That(_fixture.Disk.Find((await add).Id), Is.Not.Null);
    }

    [Test]
    public async Task CloseSession_WriteFails_LauncherEndsWithTheLastEvent()
    {
        LauncherSession session = await OpenSessionAsync();
        _fixture.Advance(TimeSpan.FromMinutes(1));
        await AddAsync();
        DateTimeOffset last = Now.ToStoredInstant();
        _fixture.Advance(TimeSpan.FromMinutes(1));
        _fixture.Disk.Writing = _ => throw new IOException("disk full");
        await Assert.ThrowsAsync<StoreException>(() => Store.CloseSessionAsync(session.Token, None));
        _fixture.Disk.Writing = _ => { };
        LauncherSession next = await OpenSessionAsync();
        Assert.That(
            (await Store.ListLaunchersAsync(None)).Select(launcher => (launcher.Token, launcher.ClosedAt)),
            Is.EqualTo(new (LeaseToken, DateTimeOffset?)[] { (session.Token, last), (next.Token, null) }));
    }

    [Test]
    public async Task OpenSession_BesideAWriteThatFails_StaysOpen()
    {
        LauncherSession session = await OpenSessionAsync();
        _fixture.Disk.Writing = _ => throw new IOException("disk full");
        await Assert.ThrowsAsync<StoreException>(() => AddAsync());
        _fixture.Disk.Writing = _ => { };
        await AddAsync();
        Assert.That((await Store.ListLaunchersAsync(None)).Single().ClosedAt, Is.Null);
        await Store.RenewAsync(session.Token, None);
    }

    [Test]
    public async Task OpenSession_MoreOftenThanIsKept_ForgetsTheOldestThatIsClosed()
    {
        LauncherSession open = await OpenSessionAsync();
        LauncherSession[] closed = new LauncherSession[LauncherHistory.Limit + 1];
        for (int i = 0; i < closed.Length; i++)
        {
            closed[i] = await OpenSessionAsync();
            await Store.CloseSessionAsync(closed[i].Token, None);
        }

        LeaseToken[] expected = [open.Token, .. closed.Skip(2).Select(session => session.Token)];
        Assert.That((await Store.ListLaunchersAsync(None)).Select(launcher => launcher.Token), Is.EqualTo(expected));
        await _fixture.ReopenAsync();
        Assert.That((await Store.ListLaunchersAsync(None)).Select(launcher => launcher.Token), Is.EqualTo(expected));
    }

    [Test]
    public async Task RegisterApplications_KnownAsTheyAre_WritesNothing()
    {
        ApplicationRecord[] applications = [new() { Name = "App", ClassName = "App" }, new() { Name = "New", ClassName = "New", FormerNames = ["Old"] }];
        await Store.RegisterApplicationsAsync(applications, None);
        _fixture.Disk.Writing = _ => throw new IOException("disk full");
        await Store.RegisterApplicationsAsync(applications, None);
        await Assert.ThrowsAsync<StoreException>(() => Store.RegisterApplicationsAsync([applications[0] with { Command = "app" }], None));
        Assert.That((await Store.ListApplicationsAsync(None)).Select(application => application.Command), Is.All.Null);
    }

    private async Task<Job> AddAsync(params ParentReference[] parents) =>
        (await Store.CommitAsync([new JobCommit { Additions = [Addition with { Parents = [.. parents] }] }], None))[0].Added[0];

    private JobChange Cancel(Job job) => new JobChange(job).Fail(JobTrigger.Cancelled, Now, new FailureDetails { Kind = FailureKind.Cancelled, Message = "enough" });

    private Task<LauncherSession> OpenSessionAsync() => Store.OpenSessionAsync(new SessionRequest { Site = "local", Host = "host", ProcessId = 1 }, None);

    private async Task<IReadOnlyList<Job>> ClaimAsync(LauncherSession session, CancellationToken cancellationToken = default) => (await Store.ClaimAsync(
        new ClaimRequest { Lease = session.Token, Limit = 100, Wanted = new Dictionary<ApplicationName, JobStateSet> { ["App"] = JobStates.Claimable } }, cancellationToken)).Jobs;

    private Task<ChangeReport> ChangePriorityAsync(Job job, int priority) => Store.ChangeAsync(
        new JobBulkChange { Ids = [job.Id], Rule = (now, _) => JobDecision.Make(new JobChange(now).Edit(fields => fields with { Priority = priority }, Now)) }, None);

    /// <summary>Holds the first writes back, each until told to go on.</summary>
    private sealed class SlowDisk : IDisposable
    {
        private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _goOn = new(0);
        private readonly int _held;
        private int _writes;

        public SlowDisk(Disk disk, int writes = 1)
        {
            _held = writes;
            disk.Writing = _ =>
            {
                if (Interlocked.Increment(ref _writes) <= writes)
                {
                    _began.TrySetResult();
                    _goOn.Wait();
                }
            };
        }

        public Task Began => _began.Task;

        public int Writes => _writes;

        public void GoOn() => _goOn.Release();

        public void Dispose()
        {
            _goOn.Release(_held);
            // Not disposed: the writer may still be leaving its wait.
        }
    }
}
