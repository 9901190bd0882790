namespace Balsam.Throughput.Guarding;

/// <summary>What is guarded, and how small each scenario is run for it. Why the others are not: benchmarks/README.md.</summary>
internal static class GuardTable
{
    public static IReadOnlyList<GuardRow> Rows { get; } =
    [
        new("spawn", "ratio", Bound.AtLeast, 0.70, Reached: 0.49),
        new("chain", "ratio", Bound.AtLeast, 0.5),
        new("sleep", "ratio", Bound.AtLeast, 0.97),
        new("function", "ratio", Bound.AtLeast, 0.75),
        new("fan", "ratio", Bound.AtLeast, 0.8, Reached: 0.74),
        new("submit", "ratio", Bound.AtLeast, 0.7),
        new("flat", "ratio", Bound.AtMost, 1.3),
        new("open", "ratio", Bound.AtMost, 0.3),
        new("pack", "ratio", Bound.AtMost, 2),
    ];

    public static IReadOnlyDictionary<string, double> Scales { get; } = new Dictionary<string, double>(StringComparer.Ordinal)
    {
        ["spawn"] = 0.5,
        ["chain"] = 0.25,
        ["sleep"] = 0.1,
        ["function"] = 0.25,
        ["fan"] = 0.2,
        ["submit"] = 0.1,
        ["flat"] = 0.1,
        ["open"] = 0.1,
        ["pack"] = 0.1,
    };
}
