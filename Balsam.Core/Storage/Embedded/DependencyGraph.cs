using System.Runtime.InteropServices;

namespace Balsam.Storage.Embedded;

/// <summary>The edges into jobs that wait for parents, how many of them each such job still waits for, and how long the paths behind their parents are.</summary>
internal sealed class DependencyGraph
{
    /// <summary>So many jobs above a new one are told of it: a chain that is submitted job by job would be walked up for each otherwise.</summary>
    private const int MostTold = 256;

    private static readonly TimeSpan WithoutEstimate = TimeSpan.FromMinutes(1);

    private readonly Dictionary<JobId, Parent> _parents = [];
    private readonly Dictionary<JobId, Waiting> _waiting = [];

    public IEnumerable<KeyValuePair<JobId, DependencyCondition>> ChildrenOf(JobId parent) =>
        _parents.TryGetValue(parent, out Parent? found) ? found.Children : [];

    public IEnumerable<KeyValuePair<JobId, int>> AllPending => _waiting.Select(waiting => KeyValuePair.Create(waiting.Key, waiting.Value.Pending));

    public int Pending(JobId child) => _waiting.GetValueOrDefault(child).Pending;

    public bool IsWaiting(JobId child) => _waiting.ContainsKey(child);

    /// <summary>The longest path of estimates through the jobs that wait behind a job; too short behind more than <see cref="MostTold"/> jobs that came one by one, too long once some of them are gone.</summary>
    public TimeSpan PathBehind(JobId job) => _parents.TryGetValue(job, out Parent? parent) ? parent.Path : TimeSpan.Zero;

    /// <summary>The length of a path that begins with a job.</summary>
    /// <param name="resources">What the job asks.</param>
    /// <param name="behind">The path behind it.</param>
    public static TimeSpan PathThrough(JobResources resources, TimeSpan behind)
    {
        TimeSpan own = resources.WallTime ?? WithoutEstimate;
        return own < TimeSpan.MaxValue - behind ? own + behind : TimeSpan.MaxValue;
    }

    /// <summary>Adds a job with its edges. <see cref="TellParents"/> tells those above it.</summary>
    public void Add(Job child, int pending)
    {
        _waiting[child.Id] = new Waiting(child, pending);
        foreach (JobDependency edge in child.Parents)
        {
            ref Parent? parent = ref CollectionsMarshal.GetValueRefOrAddDefault(_parents, edge.Parent, out _);
            (parent ??= new Parent()).Children[child.Id] = edge.Condition;
        }
    }

    public void SetPending(JobId child, int pending) => _waiting[child] = _waiting.GetValueOrDefault(child) with { Pending = pending };

    public void Remove(Job child)
    {
        if (!_waiting.Remove(child.Id))
        {
            return;
        }

        foreach (JobDependency edge in child.Parents)
        {
            if (_parents.TryGetValue(edge.Parent, out Parent? parent) && parent.Children.Remove(child.Id) && parent.Children.Count == 0)
            {
                _parents.Remove(edge.Parent);
            }
        }
    }

    /// <summary>Lengthens the paths above a job that was added. Of several that come at once the children should tell first: then each tells its own parents only.</summary>
    public void TellParents(Job child)
    {
        Queue<Job>? further = null;
        int told = 0;
        for (Job? job = child; job is not null; job = further?.TryDequeue(out Job? next) == true ? next : null)
        {
            TimeSpan path = PathThrough(job.Resources, PathBehind(job.Id));
            foreach (JobDependency edge in job.Parents)
            {
                if (!_parents.TryGetValue(edge.Parent, out Parent? parent) || parent.Path >= path)
                {
                    continue;
                }

                parent.Path = path;
                if (_waiting.GetValueOrDefault(edge.Parent).Job is { } above && told++ < MostTold)
                {
                    (further ??= []).Enqueue(above);
                }
            }
        }
    }

    // The job is null where only its count is known.
    private readonly record struct Waiting(Job? Job, int Pending);

    private sealed class Parent
    {
        public Dictionary<JobId, DependencyCondition> Children { get; } = [];

        public TimeSpan Path { get; set; }
    }
}
