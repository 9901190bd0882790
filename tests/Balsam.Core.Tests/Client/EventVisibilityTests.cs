using Balsam.Storage;
using Balsam.Storage.Embedded;

namespace Balsam.Core.Tests.Client;

/// <summary>Events are given out only once their jobs are seen to have moved: a waiter that was told earlier looked, saw nothing, and waited for ever.</summary>
public sealed class EventVisibilityTests
{
    [Test]
    public async Task ReadEvents_WhileABatchIsBeingWritten_GivesOnlyWhatIsPublished()
    {
        await using var store = new SlowStore();
        await store.OpenAsync(default);
        Job job = (await store.CommitAsync([new JobCommit { Additions = [new JobAddition { Application = "Norm", Site = SiteName.Local }] }], default))[0].Added[0];
        long before = await store.GetLastSequenceAsync(default);
        store.Hold();
        var change = new JobChange(job);
        change.Fail(JobTrigger.Cancelled, TimeProvider.System.GetUtcNow(), new FailureDetails { Kind = FailureKind.Cancelled, Message = "enough" });
        Task<IReadOnlyList<CommitResult>> commit = store.CommitAsync([new JobCommit { Changes = [change] }], default);
        await ClientHarness.Soon(store.Written);
        JobState seen = (await store.FindAsync([job.Id], default))[0].State;
        IReadOnlyList<JobEvent> early = await store.ReadEventsAsync(before, 10, default);
        IReadOnlyList<JobEvent> back = await store.ReadEventsBeforeAsync(long.MaxValue, 1, default);
        IReadOnlyList<JobEvent> history = await store.ReadHistoryAsync(job.Id, default);
        store.Release();
        Assert.That((seen, early.Count, history.Count), Is.EqualTo((JobState.StagedIn, 0, 2)));
        Assert.That(back.Select(step => step.Sequence), Is.EqualTo(new[] { before }), "read back, the newest is the newest published one");
        await ClientHarness.Soon(commit);
        Assert.That((await store.ReadEventsAsync(before, 10, default)).Select(step => step.To), Is.EqualTo(new[] { JobState.Failed }));
        Assert.That((await store.FindAsync([job.Id], default))[0].State, Is.EqualTo(JobState.Failed));
    }

    /// <summary>A store that can be stopped between writing a batch and publishing it.</summary>
    private sealed class SlowStore() : EmbeddedJobStore(TimeProvider.System)
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<JobId, Job> _jobs = [];
        private readonly List<JobEvent> _events = [];
        private readonly ManualResetEventSlim _released = new(true);
        private readonly TaskCompletionSource<bool> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string Description => "slow store";

        public Task<bool> Written => _written.Task;

        public void Hold() => _released.Reset();

        public void Release() => _released.Set();

        protected override StoreImage Load() => new() { States = new StateMap(), ActiveJobs = [] };

        protected override void Write(WriteBatch batch)
        {
            lock (_gate)
            {
                foreach (Job job in batch.Inserts.Concat(batch.Updates))
                {
                    _jobs[job.Id] = job;
                }

                _events.AddRange(batch.Events);
            }

            if (!_released.IsSet)
            {
                _written.TrySetResult(true);
                _released.Wait();
            }
        }

        protected override JobFilter? FindIndexed(JobFilter filter) => null;

        protected override Job? Read(JobId id)
        {
            lock (_gate)
            {
                return _jobs.GetValueOrDefault(id);
            }
        }

        protected override IEnumerable<Job> ReadChildren(JobId parent) => [];

        protected override IEnumerable<Job> Scan(JobFilter filter, bool descending) => [];

        protected override IReadOnlyList<JobEvent> ReadEvents(long after, int limit)
        {
            lock (_gate)
            {
                return [.. _events.Where(step => step.Sequence > after).Take(limit)];
            }
        }

        protected override IReadOnlyList<JobEvent> ReadEventsBefore(long before, int limit)
        {
            lock (_gate)
            {
                return [.. _events.AsEnumerable().Reverse().Where(step => step.Sequence < before).Take(limit)];
            }
        }

        protected override IReadOnlyList<JobEvent> ReadHistory(JobId id)
        {
            lock (_gate)
            {
                return [.. _events.Where(step => step.JobId == id)];
            }
        }

        protected override void Shut() => _released.Dispose();
    }
}
