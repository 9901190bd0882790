namespace Balsam.Testing.Conformance.Model;

/// <summary>What the model knows of a job.</summary>
internal sealed class ModelJob
{
    public required JobId Id { get; init; }

    public required ApplicationName Application { get; init; }

    public required SiteName Site { get; init; }

    public required (JobId Parent, DependencyCondition Condition)[] Parents { get; set; }

    public string? Key { get; init; }

    public required JobResources Resources { get; init; }

    public int Priority { get; set; }

    public JobState State { get; set; }

    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Whether Preprocess has let it pass, so that it never waits for parents again.</summary>
    public bool IsPreprocessed { get; set; }

    /// <summary>Whether it is FAILED because of a parent, so that it comes back with it.</summary>
    public bool FailedWithParent { get; set; }

    /// <summary>The state before the command.</summary>
    public JobState Before { get; set; }

    /// <summary>Whether the command changed it, so that its version must have risen.</summary>
    public bool Touched { get; set; }

    /// <summary>Whether the rules of the graph touched it. If it is where it was, the store may have moved it there and back, or not at all.</summary>
    public bool Shaken { get; set; }

    public bool MustRise => Touched || State != Before;

    public ModelSession? Holder { get; set; }

    /// <summary>The version as far as it was seen: exactly this one, or at least it.</summary>
    public long Version { get; set; }

    /// <summary>Whether <see cref="Version"/> is exact: the rules of the graph raise it by an amount that is the store's own affair.</summary>
    public bool IsVersionKnown { get; set; }

    /// <summary>Whether somebody who read this state, version and priority may have read them just now; if so, the version is known from now on.</summary>
    public bool MayBeSeenAs(Job seen)
    {
        if (seen.State != State || seen.Priority != Priority || (IsVersionKnown ? seen.Version != Version : seen.Version < Version))
        {
            return false;
        }

        Tell(seen.Version);
        return true;
    }

    /// <summary>Whether the command told its caller the exact version.</summary>
    public bool IsTold { get; set; }

    /// <summary>Notes the exact version.</summary>
    public void Tell(long version) => (Version, IsVersionKnown, IsTold) = (version, true, true);

    /// <summary>A copy that is held by nobody.</summary>
    public ModelJob Copy()
    {
        var copy = (ModelJob)MemberwiseClone();
        copy.Holder = null;
        return copy;
    }

    /// <summary>Whether another job is among its ancestors, by way of jobs that may wait, now or again.</summary>
    public bool IsBelow(JobId ancestor, Func<JobId, ModelJob?> find) =>
        !IsPreprocessed && Parents.Any(edge => edge.Parent == ancestor || find(edge.Parent)?.IsBelow(ancestor, find) == true);
}
