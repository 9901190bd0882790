namespace Balsam;

/// <summary>Files of the job are on their way, or wait for it.</summary>
/// <param name="Direction">Which way they go.</param>
/// <param name="Pending">How many transfers wait.</param>
/// <param name="Active">How many are under way.</param>
/// <param name="LastError">Why the last try of one of them failed; null when none did.</param>
/// <param name="NextTry">When those that failed are tried again, in UTC; null for at once.</param>
/// <param name="Lease">Which launcher holds the job, and since when; null when none does.</param>
public sealed record TransfersReason(TransferDirection Direction, int Pending, int Active, string? LastError, DateTimeOffset? NextTry, JobLease? Lease) : JobReason
{
    /// <inheritdoc/>
    public override string Text => string.Concat(
        Lease is null ? $"its files wait to be {Moved}" : $"launcher {ReasonWords.Of(Lease.Holder)} has held it since {Lease.Since:u} to have its files {Moved}",
        $": {ReasonWords.Count(Pending, "transfer")} pending, {Active} active",
        LastError is null ? "" : $"; a try failed: {LastError.TrimEnd('.')}",
        NextTry is { } next ? $"; the next is at {next:u}" : "");

    private string Moved => Direction == TransferDirection.In ? "brought in" : "taken out";

    /// <summary>The reason of a job that waits for its transfers; null when it waits for none.</summary>
    internal static TransfersReason? Of(Job job, JobLease? lease, DateTimeOffset now)
    {
        if (job.Transfers.IsEmpty || TransferRules.LegOf(job.State) is not { } direction || TransferRules.FindOpen(job.Transfers, direction) is not { IsEmpty: false } open)
        {
            return null;
        }

        // Whatever a launcher that is gone had begun, another begins anew.
        int active = lease is null ? 0 : open.Count(item => item.State == TransferState.Active);
        DateTimeOffset? next = lease is null && job.NotBefore > now ? job.NotBefore : null;
        return new TransfersReason(direction, open.Length - active, active, open.Select(item => item.Error).LastOrDefault(error => error is not null), next, lease);
    }
}
