namespace Balsam.Storage.Embedded;

/// <summary>What keeps mistakes and forgeries out of a store.</summary>
internal static class CommitChecks
{
    /// <summary>Refuses mistakes of the caller that can be seen without the store, before anything of the call is staged.</summary>
    /// <exception cref="ArgumentException">A commit changes a job twice, gives parents to one that it changes, refers to a parent that is not in it, or has a key twice.</exception>
    public static void DemandSound(IReadOnlyList<JobCommit> commits)
    {
        foreach (JobCommit commit in commits)
        {
            HashSet<JobId> seen = [];
            foreach (JobChange change in commit.Changes)
            {
                if (!seen.Add(change.Before.Id))
                {
                    throw new ArgumentException($"A commit changes job {change.Before.Id} twice; put both changes into one JobChange.", nameof(commits));
                }
            }

            HashSet<string> keys = new(StringComparer.Ordinal);
            foreach (string key in commit.Additions.Select(addition => addition.Key).OfType<string>())
            {
                if (!keys.Add(key))
                {
                    throw new ArgumentException($"Two additions of a commit have the key '{key}'; no two jobs have the same one.", nameof(commits));
                }
            }

            foreach (JobLink link in commit.Links)
            {
                if (seen.Contains(link.Child))
                {
                    throw new ArgumentException($"A commit changes job {link.Child} and gives it parents; use two commits.", nameof(commits));
                }

                if (!link.Parent.IsStored && (link.Parent.Index < 0 || link.Parent.Index >= commit.Additions.Count))
                {
                    throw new ArgumentException(
                        FormattableString.Invariant($"Job {link.Child} is to wait for addition {link.Parent.Index}; there are {commit.Additions.Count}, counted from 0."), nameof(commits));
                }
            }

            for (int place = 0; place < commit.Additions.Count; place++)
            {
                foreach (ParentReference parent in commit.Additions[place].Parents)
                {
                    if (!parent.IsStored && (parent.Index < 0 || parent.Index >= commit.Additions.Count || parent.Index == place))
                    {
                        throw new ArgumentException(
                            FormattableString.Invariant($"Addition {place} names addition {parent.Index} as its parent; there are {commit.Additions.Count}, counted from 0, and none is its own parent."),
                            nameof(commits));
                    }
                }
            }
        }
    }

    /// <summary>Refuses what a rule gives when it is not a change of the job that it was asked about.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void DemandMadeOn(Job job, JobChange change)
    {
        if (!ReferenceEquals(change.Before, job) || ReferenceEquals(change.After, job))
        {
            throw new ArgumentException($"The rule of a bulk change was asked about job {job.Id} and gave {(ReferenceEquals(change.Before, job) ? "a change that changes nothing" : $"a change of {change.Before}, version {change.Before.Version}")}. Make the change on the job that the rule is given, or refuse with a reason.");
        }
    }

    /// <summary>A change can only be made by Job itself; this keeps out one that was made on a forged snapshot.</summary>
    public static BalsamException? WhyIllegal(Job stored, JobChange change)
    {
        JobState at = stored.State;
        foreach (JobEvent step in change.Events)
        {
            if (step.From != at || !JobTransitions.TryGetNext(at, step.Trigger, out JobState to) || to != step.To)
            {
                return new InvalidJobTransitionException(stored.Id, at, step.Trigger);
            }

            at = to;
        }

        return at == change.After.State && change.After.Key == stored.Key
            ? null
            : new BalsamException($"The change of job {stored.Id} ends in {change.After.State.ToText()}, its steps in {at.ToText()}: it was not made on the job as it is stored.");
    }
}
