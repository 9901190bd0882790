using System.Runtime.InteropServices;

namespace Balsam.Storage.Embedded;

/// <summary>The edges into jobs that wait for parents, and how many of them each such job still waits for.</summary>
internal sealed class DependencyGraph
{
    private readonly Dictionary<JobId, Dictionary<JobId, DependencyCondition>> _children = [];
    private readonly Dictionary<JobId, int> _pending = [];

    public IEnumerable<KeyValuePair<JobId, DependencyCondition>> ChildrenOf(JobId parent) =>
        _children.TryGetValue(parent, out Dictionary<JobId, DependencyCondition>? children) ? children : [];

    public IEnumerable<KeyValuePair<JobId, int>> AllPending => _pending;

    public int Pending(JobId child) => _pending.GetValueOrDefault(child);

    public bool IsWaiting(JobId child) => _pending.ContainsKey(child);

    public void Add(Job child, int pending)
    {
        _pending[child.Id] = pending;
        foreach (JobDependency edge in child.Parents)
        {
            ref Dictionary<JobId, DependencyCondition>? children = ref CollectionsMarshal.GetValueRefOrAddDefault(_children, edge.Parent, out _);
            (children ??= [])[child.Id] = edge.Condition;
        }
    }

    public void SetPending(JobId child, int pending) => _pending[child] = pending;

    public void Remove(Job child)
    {
        if (!_pending.Remove(child.Id))
        {
            return;
        }

        foreach (JobDependency edge in child.Parents)
        {
            if (_children.TryGetValue(edge.Parent, out Dictionary<JobId, DependencyCondition>? children) && children.Remove(child.Id) && children.Count == 0)
            {
                _children.Remove(edge.Parent);
            }
        }
    }
}
