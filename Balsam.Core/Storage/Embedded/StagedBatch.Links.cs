using System.Globalization;

namespace Balsam.Storage.Embedded;

/// <content>New parents of jobs that wait already.</content>
internal sealed partial class StagedBatch
{
    private AddParentsRefusedException? WhyUnlinkable(JobCommit commit)
    {
        if (commit.Links.Count == 0)
        {
            return null;
        }

        LookUp(commit.Additions.Select(addition => addition.Key).OfType<string>());
        ILookup<JobId, ParentReference> links = commit.Links.ToLookup(link => link.Child, link => link.Parent);
        HashSet<JobId> unpublishedParents =
        [
            .. commit.Additions.SelectMany(addition => addition.Parents).Concat(commit.Links.Select(link => link.Parent)).Select(parent => parent.Stored),
            .. Write.Puts.SelectMany(job => job.Parents).Select(edge => edge.Parent),
        ];
        foreach (IGrouping<JobId, ParentReference> parents in links)
        {
            JobId child = parents.Key;
            if (Find(child) is not { } stored)
            {
                return new AddParentsRefusedException(child, AddParentsProblemKind.ChildNotFound, $"Job {child} cannot be given parents: there is no such job.");
            }

            if (stored.State != JobState.AwaitingParents)
            {
                return new AddParentsRefusedException(
                    child, AddParentsProblemKind.ChildNotWaiting,
                    $"Job {child} ({stored.Application} in {stored.Workdir}) cannot be given parents: it is {stored.State.ToText()}; only a job that is {JobState.AwaitingParents.ToText()} can.");
            }

            if (parents.FirstOrDefault(parent => parent.IsStored && Find(parent.Stored) is null) is { IsStored: true } missing)
            {
                return new AddParentsRefusedException(child, AddParentsProblemKind.ParentNotFound, $"Job {child} cannot wait for job {missing.Stored}: there is no such job.");
            }

            // No circle leads through a job that nobody waits for.
            bool hasChildren = unpublishedParents.Contains(child) || ChildrenOf(child).Length > 0 || _publishedChildren.Find(child).Any();
            if (hasChildren && FindCircle(child, commit.Additions, links) is { } circle)
            {
                return new AddParentsRefusedException(child, AddParentsProblemKind.Cycle, $"Job {child} cannot be given these parents, they would wait for each other: {circle}.");
            }
        }

        return null;
    }

    // Walks from the new parents up. A job that has passed Preprocess never waits again, so no circle leads through it; one that has failed before may.
    private string? FindCircle(JobId child, IReadOnlyList<JobAddition> additions, ILookup<JobId, ParentReference> links)
    {
        var start = ParentReference.To(child);
        Dictionary<ParentReference, ParentReference> cameFrom = [];
        Stack<ParentReference> open = new([start]);
        while (open.TryPop(out ParentReference at))
        {
            foreach (ParentReference parent in ParentsOf(at).Select(parent => Plain(parent, additions)))
            {
                if (parent == start)
                {
                    return Describe(at, start, cameFrom, additions);
                }

                if (cameFrom.TryAdd(parent, at))
                {
                    open.Push(parent);
                }
            }
        }

        return null;

        IEnumerable<ParentReference> ParentsOf(ParentReference job) =>
            job == start ? links[child]
            : !job.IsStored ? additions[job.Index].Parents
            : Find(job.Stored) is { IsPreprocessed: false } stored ? stored.Parents.Select(edge => ParentReference.To(edge.Parent)).Concat(links[job.Stored])
            : [];
    }

    // An addition whose key is taken stands for the job that has it.
    private ParentReference Plain(ParentReference parent, IReadOnlyList<JobAddition> additions) =>
        parent.IsStored ? ParentReference.To(parent.Stored)
        : OwnerOf(additions[parent.Index].Key) is { } owner ? ParentReference.To(owner.Id)
        : ParentReference.ToIndex(parent.Index);

    private static string Describe(ParentReference last, ParentReference start, Dictionary<ParentReference, ParentReference> cameFrom, IReadOnlyList<JobAddition> additions)
    {
        Stack<ParentReference> path = new([start]);
        for (ParentReference at = last; at != start; at = cameFrom[at])
        {
            path.Push(at);
        }

        path.Push(start);
        return string.Join(" after ", path.Select(Name));

        string Name(ParentReference job) => job.IsStored ? $"job {job.Stored}"
            : string.Create(CultureInfo.InvariantCulture, $"the new {additions[job.Index].Application}{(additions[job.Index].Workdir is { } workdir ? $" in {workdir}" : "")}");
    }

    private void Link(IReadOnlyList<JobLink> links, Job[] added)
    {
        foreach (IGrouping<JobId, JobLink> link in links.GroupBy(link => link.Child))
        {
            Job child = Find(link.Key)!;
            HashSet<JobId> known = [.. child.Parents.Select(edge => edge.Parent)];
            JobDependency[] parents =
            [
                .. link.Select(each => new JobDependency(each.Parent.IsStored ? each.Parent.Stored : added[each.Parent.Index].Id, each.Parent.Condition)).Where(edge => known.Add(edge.Parent)),
            ];
            if (parents.Length > 0)
            {
                Link(child, parents);
            }
        }
    }

    // FollowEdges has yet to tell the child of the moves of this commit, so a parent among them counts as it was before.
    private void Link(Job child, JobDependency[] parents)
    {
        DateTimeOffset now = _time.GetUtcNow();
        Dictionary<JobId, JobState> before = _moved.DistinctBy(move => move.Parent.Id).ToDictionary(move => move.Parent.Id, move => move.Was);
        int pending = Pending(child.Id);
        Job? broken = null;
        foreach (JobDependency edge in parents)
        {
            Job parent = Find(edge.Parent)!;
            DependencyVerdict verdict = DependencyRules.Judge(edge.Condition, before.GetValueOrDefault(edge.Parent, parent.State));
            pending += verdict == DependencyVerdict.Satisfied ? 0 : 1;
            broken ??= verdict == DependencyVerdict.Broken && DependencyRules.Judge(edge.Condition, parent.State) == DependencyVerdict.Broken ? parent : null;
        }

        JobChange change = new JobChange(child).Edit(fields => fields with { Parents = [.. fields.Parents, .. parents] }, now);
        _staged.Add(change.After, pending);
        if (broken is not null)
        {
            change.Fail(JobTrigger.ParentFailed, now, DependencyRules.FailureOfChild(broken));
        }

        Put(change, null);
    }
}
