using System.Text;

namespace Balsam.Storage.LiteDb;

/// <summary>What <see cref="LiteDbJobStore.VerifyAsync"/> looked at, and what it found.</summary>
public sealed record StoreReport
{
    /// <summary>The store in words.</summary>
    public required string Store { get; init; }

    /// <summary>How many pages of the file were read, of 8,192 bytes.</summary>
    public required long Pages { get; init; }

    /// <summary>How many documents were read and compared with their checksums.</summary>
    public required long Documents { get; init; }

    /// <summary>How many jobs were compared with their events.</summary>
    public required long Jobs { get; init; }

    /// <summary>How many events were read.</summary>
    public required long Events { get; init; }

    /// <summary>What is wrong, in the order in which it was found; empty for a sound store.</summary>
    public required IReadOnlyList<StoreFinding> Findings { get; init; }

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Findings.Count == 0;

    /// <summary>Writes what was looked at, and a line a finding.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(FormattableString.Invariant($"{Store}: {Jobs} jobs, {Events} events, {Documents} documents, {Pages} pages; {(IsSound ? "sound" : $"{Findings.Count} findings")}"));
        foreach (StoreFinding finding in Findings)
        {
            text.AppendLine().Append(finding);
        }

        return text.ToString();
    }
}
