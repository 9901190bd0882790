using System.Text;

namespace Balsam.Storage.LiteDb;

/// <summary>What <see cref="LiteDbRepair.RecoverAsync"/> brought over, and what was lost.</summary>
public sealed record RecoveryReport
{
    /// <summary>The full path of the damaged store, which is as it was.</summary>
    public required string Source { get; init; }

    /// <summary>The full path of the new store.</summary>
    public required string Target { get; init; }

    /// <summary>How many jobs are in the new store.</summary>
    public required long Jobs { get; init; }

    /// <summary>How many of their events.</summary>
    public required long Events { get; init; }

    /// <summary>How many pages the damaged file has, of 8,192 bytes.</summary>
    public required long Pages { get; init; }

    /// <summary>How many of these do not match their checksums.</summary>
    public required long DamagedPages { get; init; }

    /// <summary>What was lost, jobs first, by number; empty when all was brought over.</summary>
    public required IReadOnlyList<RecoveryLoss> Losses { get; init; }

    /// <summary>Writes what was brought over, and a line a loss.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(FormattableString.Invariant($"{Source} to {Target}: {Jobs} jobs, {Events} events; {DamagedPages} of {Pages} pages damaged; {Losses.Count} losses"));
        foreach (RecoveryLoss loss in Losses)
        {
            text.AppendLine().Append(loss);
        }

        return text.ToString();
    }
}
