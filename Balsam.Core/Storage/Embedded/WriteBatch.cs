namespace Balsam.Storage.Embedded;

/// <summary>What an embedded store has to write in one durable transaction.</summary>
public sealed class WriteBatch
{
    private readonly Dictionary<JobId, (Job Job, bool IsNew)> _puts = [];
    private readonly HashSet<JobId> _relinked = [];
    private readonly List<JobId> _deletes = [];
    private readonly HashSet<JobId> _deleted = [];
    private readonly List<JobEvent> _events = [];
    private readonly HashSet<JobId> _dropped = [];
    private readonly Dictionary<long, LauncherRecord> _launchers = [];
    private readonly HashSet<long> _forgotten = [];
    private readonly Dictionary<ApplicationName, ApplicationRecord> _applications = [];
    private readonly HashSet<ApplicationName> _removedApplications = [];

    /// <summary>The jobs to insert.</summary>
    public IEnumerable<Job> Inserts => _puts.Values.Where(put => put.IsNew).Select(put => put.Job);

    /// <summary>The jobs to replace.</summary>
    public IEnumerable<Job> Updates => _puts.Values.Where(put => !put.IsNew).Select(put => put.Job);

    /// <summary>Those of <see cref="Updates"/> whose <see cref="Job.Parents"/> are others than before.</summary>
    public IEnumerable<Job> Relinked => _relinked.Select(id => _puts.GetValueOrDefault(id)).Where(put => put is { Job: not null, IsNew: false }).Select(put => put.Job);

    /// <summary>The jobs to delete, with their events.</summary>
    public IReadOnlyList<JobId> Deletes => _deletes;

    /// <summary>The events to append, numbered, in order.</summary>
    public IReadOnlyList<JobEvent> Events
    {
        get
        {
            if (_dropped.Count > 0)
            {
                _events.RemoveAll(step => _dropped.Contains(step.JobId));
                _dropped.Clear();
            }

            return _events;
        }
    }

    /// <summary>The highest job id given once the batch is written.</summary>
    public long LastId { get; internal set; }

    /// <summary>The highest event number given once the batch is written.</summary>
    public long LastSequence { get; internal set; }

    /// <summary>The epoch of the last session.</summary>
    public long LastEpoch { get; internal set; }

    /// <summary>The records of launchers to insert, or to replace by epoch.</summary>
    public IReadOnlyCollection<LauncherRecord> Launchers => _launchers.Values;

    /// <summary>The epochs of launchers whose records to delete: the history is bounded.</summary>
    public IReadOnlyCollection<long> ForgottenLaunchers => _forgotten;

    /// <summary>The records of applications to insert, or to replace by name.</summary>
    public IReadOnlyCollection<ApplicationRecord> Applications => _applications.Values;

    /// <summary>The names of applications whose records to delete, before <see cref="Applications"/> are written: they were renamed.</summary>
    public IReadOnlyCollection<ApplicationName> RemovedApplications => _removedApplications;

    internal bool IsEmpty => _puts.Count == 0 && _deletes.Count == 0 && _launchers.Count == 0 && _applications.Count == 0;

    internal IEnumerable<Job> Puts => _puts.Values.Select(put => put.Job);

    internal Job? Find(JobId id) => _puts.TryGetValue(id, out (Job Job, bool IsNew) put) ? put.Job : null;

    internal void Insert(Job job) => _puts[job.Id] = (job, true);

    internal void Put(Job job) => _puts[job.Id] = (job, _puts.TryGetValue(job.Id, out (Job Job, bool IsNew) earlier) && earlier.IsNew);

    /// <summary>Notes that the parents of a job are others than before.</summary>
    internal void Relink(JobId id) => _relinked.Add(id);

    /// <summary>Takes in a batch that was made on top of this one; its events are numbered on from ours.</summary>
    internal void Take(WriteBatch later)
    {
        foreach ((JobId id, (Job job, _)) in later._puts)
        {
            Put(job);
        }

        _relinked.UnionWith(later._relinked);
        _events.AddRange(later.Events);
        LastSequence = later.LastSequence;
    }

    internal void Put(LauncherRecord launcher) => _launchers[launcher.Token.Epoch] = launcher;

    internal void Forget(LauncherRecord launcher)
    {
        _launchers.Remove(launcher.Token.Epoch);
        _forgotten.Add(launcher.Token.Epoch);
    }

    internal void Put(ApplicationRecord application) => _applications[application.Name] = application;

    internal void RemoveApplication(ApplicationName name)
    {
        _applications.Remove(name);
        _removedApplications.Add(name);
    }

    internal bool Changes(JobId id) => _puts.ContainsKey(id) || _deleted.Contains(id);

    internal bool IsInserted(JobId id) => _puts.TryGetValue(id, out (Job Job, bool IsNew) put) && put.IsNew;

    internal bool IsDeleted(JobId id) => _deleted.Contains(id);

    internal void Delete(JobId id)
    {
        // Their events go together when they are asked for: one pass for each deleted job would be quadratic.
        if (_puts.Remove(id))
        {
            _dropped.Add(id);
        }

        if (_deleted.Add(id))
        {
            _deletes.Add(id);
        }
    }

    internal void Append(JobEvent step)
    {
        step.Sequence = ++LastSequence;
        _events.Add(step);
    }
}
