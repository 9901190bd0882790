using System.Runtime.InteropServices;

namespace Balsam.Storage.Embedded;

/// <summary>Finds the children of jobs: one by one while they are few, from one pass over all edges when they are many.</summary>
/// <param name="readChildren">Reads the children of one job.</param>
/// <param name="readEdges">Reads all edges.</param>
/// <param name="jobs">How many jobs there are, about: what a pass costs.</param>
internal sealed class ChildLookup(Func<JobId, IEnumerable<Job>> readChildren, Func<IEnumerable<JobLink>> readEdges, long jobs)
{
    // A look-up in the index, and the read of each child with its edges, cost about as much as this many jobs, or edges, of a pass.
    private const int PassedPerRead = 32;
    private const int Few = 64;

    private Dictionary<JobId, List<JobId>>? _children;
    private long _reads;

    /// <summary>The children of a job.</summary>
    public IEnumerable<JobId> Find(JobId parent)
    {
        if (_children is null && _reads < Math.Max(Few, jobs / PassedPerRead))
        {
            Job[] found = [.. readChildren(parent)];
            _reads += 1 + found.Length + (found.Sum(static child => (long)child.Parents.Length) / PassedPerRead);
            return found.Select(static child => child.Id);
        }

        _children ??= ReadAll();
        return _children.GetValueOrDefault(parent) ?? [];
    }

    private Dictionary<JobId, List<JobId>> ReadAll()
    {
        Dictionary<JobId, List<JobId>> all = [];
        foreach (JobLink edge in readEdges())
        {
            ref List<JobId>? children = ref CollectionsMarshal.GetValueRefOrAddDefault(all, edge.Parent.Stored, out _);
            (children ??= []).Add(edge.Child);
        }

        return all;
    }
}
