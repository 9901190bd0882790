using System.Globalization;

namespace Balsam.Crash;

/// <summary>One line of the acknowledgements.</summary>
/// <param name="Operation">The number of the operation; for a seen event its sequence number.</param>
/// <param name="What">What the line is about.</param>
/// <param name="Kind">The kind of the operation; for a seen event its trigger.</param>
/// <param name="Jobs">The jobs; for what is meant, how many it will make.</param>
public sealed record AckEntry(long Operation, AckWhat What, string Kind, IReadOnlyList<long> Jobs)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static AckEntry Parse(string line)
    {
        string[] parts = line.Split(' ');
        return new AckEntry(
            long.Parse(parts[0], CultureInfo.InvariantCulture),
            Enum.Parse<AckWhat>(parts[1]),
            parts[2],
            [.. parts[3].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, CultureInfo.InvariantCulture))]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Operation} {What} {Kind} {string.Join(',', Jobs.Select(id => id.ToString(CultureInfo.InvariantCulture)))}");
}
