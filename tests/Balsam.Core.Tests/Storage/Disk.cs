using System.Collections.Immutable;
using Balsam.Storage.Embedded;

namespace Balsam.Core.Tests.Storage;

/// <summary>What a store wrote: it outlives the store object, and fails or waits when told to.</summary>
internal sealed class Disk
{
    private readonly Lock _gate = new();
    private readonly List<JobEvent> _events = [];
    private ImmutableSortedDictionary<JobId, JobSnapshot> _jobs = ImmutableSortedDictionary<JobId, JobSnapshot>.Empty;
    private ImmutableSortedDictionary<long, LauncherRecord> _launchers = ImmutableSortedDictionary<long, LauncherRecord>.Empty;
    private ImmutableSortedDictionary<ApplicationName, ApplicationRecord> _applications = ImmutableSortedDictionary<ApplicationName, ApplicationRecord>.Empty;
    private long _lastId;
    private long _lastSequence;
    private long _lastEpoch;

    /// <summary>Called with each batch before it is written.</summary>
    public Action<WriteBatch> Writing { get; set; } = _ => { };

    /// <summary>Called with each batch after it is written.</summary>
    public Action<WriteBatch> Written { get; set; } = _ => { };

    /// <summary>How often the children of one job were asked for.</summary>
    public int ChildLookUps { get; set; }

    public StoreImage Load()
    {
        var states = new StateMap();
        foreach (JobSnapshot job in _jobs.Values)
        {
            states.Set(job.Id.Value, job.State);
        }

        return new StoreImage
        {
            LastId = _lastId,
            LastSequence = _lastSequence,
            LastEpoch = _lastEpoch,
            States = states,
            ActiveJobs = [.. Jobs(false).Where(job => !job.State.IsFinal())],
            Launchers = _launchers.Values,
            Applications = _applications.Values,
        };
    }

    public void Write(WriteBatch batch)
    {
        Writing(batch);
        lock (_gate)
        {
            Assert.That(batch.Inserts.Where(job => _jobs.ContainsKey(job.Id)), Is.Empty, "an insert is of a new job");
            Assert.That(batch.Updates.Where(job => !_jobs.ContainsKey(job.Id)), Is.Empty, "an update is of a stored job");
            _jobs = _jobs.SetItems(batch.Inserts.Concat(batch.Updates).Select(job => KeyValuePair.Create(job.Id, job.ToSnapshot()))).RemoveRange(batch.Deletes);
            _events.AddRange(batch.Events.Select(step => step.WithSequence(step.Sequence)));
            _events.RemoveAll(step => batch.Deletes.Contains(step.JobId));
            _launchers = _launchers.SetItems(batch.Launchers.Select(launcher => KeyValuePair.Create(launcher.Token.Epoch, launcher))).RemoveRange(batch.ForgottenLaunchers);
            _applications = _applications.RemoveRange(batch.RemovedApplications).SetItems(batch.Applications.Select(application => KeyValuePair.Create(application.Name, application)));
            (_lastId, _lastSequence, _lastEpoch) = (batch.LastId, batch.LastSequence, batch.LastEpoch);
        }

        Written(batch);
    }

    public Job? Find(JobId id) => _jobs.TryGetValue(id, out JobSnapshot? job) ? Job.Restore(job) : null;

    public IEnumerable<Job> Jobs(bool descending) => (descending ? _jobs.Values.Reverse() : _jobs.Values).Select(Job.Restore);

    public IReadOnlyList<JobEvent> Events(Func<JobEvent, bool> which, int limit)
    {
        lock (_gate)
        {
            return [.. _events.Where(which).Take(limit)];
        }
    }
}
