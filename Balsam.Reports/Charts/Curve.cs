namespace Balsam.Reports.Charts;

/// <summary>A line of steps: a value holds from its second on until the next.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Color">The style's class of its colour.</param>
/// <param name="Points">Second and value, in order of time.</param>
internal sealed record Curve(string Name, string Color, IReadOnlyList<(double At, double Value)> Points)
{
    /// <summary>Whether the area below is filled.</summary>
    public bool IsFilled { get; init; }

    /// <summary>Whether the line is broken, as for a bound.</summary>
    public bool IsDashed { get; init; }
}
