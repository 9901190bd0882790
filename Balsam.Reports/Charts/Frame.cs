namespace Balsam.Reports.Charts;

/// <summary>What stands around the content of a chart over time.</summary>
internal sealed record Frame
{
    /// <summary>What the chart shows, for those who do not see it.</summary>
    public required string Description { get; init; }

    /// <summary>The length of the time axis in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>The instant at which the time axis begins, in words.</summary>
    public required string Since { get; init; }

    /// <summary>Makes the axis of values between two places.</summary>
    public required Func<double, double, Axis> Values { get; init; }

    /// <summary>Names and colours; none for no legend.</summary>
    public IReadOnlyList<(string Name, string Color, bool IsDashed)> Legend { get; init; } = [];

    /// <summary>The height between the axes.</summary>
    public double Height { get; init; } = 200;
}
