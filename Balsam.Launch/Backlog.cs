using System.Diagnostics.CodeAnalysis;
using Balsam.Launch.Packing;

namespace Balsam.Launch;

/// <summary>The jobs that a launcher has claimed and not placed yet, in the order of their submission.</summary>
/// <remarks>What the packer and the next claim need to know of them is kept, not computed in each turn.</remarks>
internal sealed class Backlog
{
    private readonly SortedDictionary<JobId, (Job Job, PackingCandidate Candidate)> _jobs = [];
    private readonly Dictionary<JobResources, int> _shapes = [];

    public int Count => _jobs.Count;

    public IEnumerable<JobId> Ids => _jobs.Keys;

    /// <summary>How many jobs there are of each request for resources.</summary>
    public IReadOnlyDictionary<JobResources, int> Shapes => _shapes;

    /// <param name="job">The job.</param>
    /// <param name="pathBehind">How long the work is that waits for it.</param>
    public void Add(Job job, TimeSpan pathBehind)
    {
        _jobs.Add(job.Id, (job, new PackingCandidate(job.Id.Value, job.Resources, job.Priority) { PathBehind = pathBehind }));
        _shapes[job.Resources] = _shapes.GetValueOrDefault(job.Resources) + 1;
    }

    public Job? Find(JobId id) => _jobs.TryGetValue(id, out (Job Job, PackingCandidate Candidate) waiting) ? waiting.Job : null;

    public bool TryRemove(JobId id, [NotNullWhen(true)] out Job? job)
    {
        bool known = _jobs.Remove(id, out (Job Job, PackingCandidate Candidate) waiting);
        job = waiting.Job;
        if (job is not null && --_shapes[job.Resources] == 0)
        {
            _shapes.Remove(job.Resources);
        }

        return known;
    }

    public void Clear()
    {
        _jobs.Clear();
        _shapes.Clear();
    }

    /// <summary>What the packer is offered.</summary>
    public PackingCandidate[] ToCandidates()
    {
        var candidates = new PackingCandidate[_jobs.Count];
        int count = 0;
        foreach ((Job _, PackingCandidate candidate) in _jobs.Values)
        {
            candidates[count++] = candidate;
        }

        return candidates;
    }
}
