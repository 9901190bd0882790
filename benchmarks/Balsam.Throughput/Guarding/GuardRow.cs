using System.Globalization;

namespace Balsam.Throughput.Guarding;

/// <summary>A ratio that must not fall to less than half its target.</summary>
/// <param name="Scenario">The scenario that measures it.</param>
/// <param name="Figure">The figure, without the scenario's name.</param>
/// <param name="Bound">On which side of the target it is good.</param>
/// <param name="Target">The target, for the scenario in full size.</param>
internal sealed record GuardRow(string Scenario, string Figure, Bound Bound, double Target)
{
    private const double Margin = 2;

    public string Key => $"{Scenario}.{Figure}";

    public double Limit => Bound == Bound.AtLeast ? Target / Margin : Target * Margin;

    public bool Allows(double value) => Bound == Bound.AtLeast ? value >= Limit : value <= Limit;

    public string Describe(double value) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Key,-22} {value,7:F3}   limit {(Bound == Bound.AtLeast ? "≥" : "≤")} {Limit,5:F3}   target {Target,5:F2}   {(Allows(value) ? "ok" : "WORSE")}");
}
