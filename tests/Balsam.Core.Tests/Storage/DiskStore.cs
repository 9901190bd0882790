using Balsam.Storage.Embedded;

namespace Balsam.Core.Tests.Storage;

/// <summary>The smallest store on the engine.</summary>
internal sealed class DiskStore(Disk disk, TimeProvider time) : EmbeddedJobStore(time)
{
    public override string Description => "test disk";

    protected override StoreImage Load() => disk.Load();

    protected override void Write(WriteBatch batch) => disk.Write(batch);

    protected override Job? Read(JobId id) => disk.Find(id);

    protected override IEnumerable<Job> ReadChildren(JobId parent)
    {
        disk.ChildLookUps++;
        return disk.Jobs(false).Where(job => job.Parents.Any(edge => edge.Parent == parent));
    }

    protected override IEnumerable<Job> Scan(JobFilter filter, bool descending) => disk.Jobs(descending);

    protected override JobFilter? FindIndexed(JobFilter filter) => null;

    protected override IReadOnlyList<JobEvent> ReadEvents(long after, int limit) => disk.Events(step => step.Sequence > after, limit);

    protected override IReadOnlyList<JobEvent> ReadEventsBefore(long before, int limit) => [.. disk.Events(step => step.Sequence < before, int.MaxValue).Reverse().Take(limit)];

    protected override IReadOnlyList<JobEvent> ReadHistory(JobId id) => disk.Events(step => step.JobId == id, int.MaxValue);

    protected override void Shut()
    {
    }
}
