using Balsam.Storage;

namespace Balsam.Launch.Lifecycle;

/// <summary>A write that the launcher has decided on, with what is to be done once it is stored, or refused.</summary>
/// <param name="Change">The change.</param>
/// <param name="KeepLease">Whether the launcher goes on holding the job.</param>
/// <param name="Stored">What to do when it is stored.</param>
/// <param name="Refused">What to do when it is refused; it gets the job as it is now, null when it is gone, and why.</param>
internal sealed record StagedCommit(JobChange Change, bool KeepLease, Action Stored, Action<Job?, BalsamException> Refused)
{
    /// <summary>What a hook or function submitted, to be stored with the change; null for nothing.</summary>
    public ContextChanges? Submitted { get; init; }

    public JobCommit ToJobCommit(LeaseToken lease) => new()
    {
        Changes = [Change], Additions = Submitted?.Additions ?? [], Links = Submitted?.Links ?? [], Lease = lease, KeepLease = KeepLease,
    };
}
