namespace Balsam.Launch.Packing;

/// <summary>A job that waits for a place.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Resources">What it asks.</param>
/// <param name="Priority">Its priority; higher goes first.</param>
/// <remarks>Keep candidates from one call to the next: what the packer computes from the request is kept in them.</remarks>
public sealed record PackingCandidate(long Id, JobResources Resources, int Priority = 0)
{
    private Demand? _demand;

    internal Demand Demand => _demand ??= Demand.Of(Resources);

    /// <inheritdoc/>
    public bool Equals(PackingCandidate? other) =>
        other is not null && Id == other.Id && Priority == other.Priority && Resources.Equals(other.Resources);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Priority);
}
