using System.Globalization;

namespace Balsam.Throughput.Guarding;

/// <summary>A ratio that must not fall to less than half its target, or half of what is reached where that is not the target yet.</summary>
/// <param name="Scenario">The scenario that measures it.</param>
/// <param name="Figure">The figure, without the scenario's name.</param>
/// <param name="Bound">On which side of the target it is good.</param>
/// <param name="Target">The target, for the scenario in full size.</param>
/// <param name="Reached">What is reached on a quiet machine where that misses the target; null where it does not.</param>
internal sealed record GuardRow(string Scenario, string Figure, Bound Bound, double Target, double? Reached = null)
{
    private const double Margin = 2;

    public string Key => $"{Scenario}.{Figure}";

    public double Limit => Bound == Bound.AtLeast ? (Reached ?? Target) / Margin : (Reached ?? Target) * Margin;

    public bool Allows(double value) => Bound == Bound.AtLeast ? value >= Limit : value <= Limit;

    public string Describe(double value) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Key,-22} {value,7:F3}   limit {(Bound == Bound.AtLeast ? "≥" : "≤")} {Limit,5:F3}   target {Target,5:F2}   {(Allows(value) ? "ok" : "WORSE")}");
}
