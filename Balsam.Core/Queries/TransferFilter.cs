namespace Balsam;

/// <summary>The job has a transfer that is all of this.</summary>
/// <param name="State">Where the transfer is; null for anywhere.</param>
/// <param name="Direction">Which way it goes; null for either.</param>
/// <param name="Location">The site's name of the location at its other end; null for any, and for a URI.</param>
public sealed record TransferFilter(TransferState? State = null, TransferDirection? Direction = null, string? Location = null) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        foreach (TransferItem item in job.Transfers)
        {
            if (Matches(item))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a transfer is all of this.</summary>
    /// <param name="item">The transfer.</param>
    /// <returns>Whether it is.</returns>
    public bool Matches(TransferItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return (State is null || item.State == State) && (Direction is null || item.Direction == Direction) && (Location is null || item.Remote.Location == Location);
    }
}
