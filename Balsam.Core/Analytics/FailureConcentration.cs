using System.Globalization;

namespace Balsam;

/// <summary>Something that failures of one cause have in common more often than chance would have it.</summary>
/// <remarks>
/// Named is what at least 3 failures of the group, and at least half of those that can be asked, have in common, when so many or more would have it by
/// chance in at most 1 of 100 cases, if each failure fell on it as often as <see cref="Expected"/> says (the upper tail of the binomial distribution).
/// So the only node of a campaign is never named, and one of 50 nodes is when 3 of 4 failures ran there.
/// </remarks>
/// <param name="Dimension">What it is.</param>
/// <param name="Name">The name of the parameter, with its application: <c>Relax.tolerance</c>; null for another dimension.</param>
/// <param name="Value">The node, host, application, exit cause, or the parameter's value as JSON.</param>
/// <param name="Count">How many failures of the group have it.</param>
/// <param name="Of">How many failures of the group can be asked: those that ran, for a node; those of the application, for a parameter.</param>
/// <param name="Expected">The share, 0 to 1, among all runs (for a node, a host or an exit cause) or all jobs (for an application), or all jobs of the application (for a parameter).</param>
public sealed record FailureConcentration(FailureDimension Dimension, string? Name, string Value, int Count, int Of, double Expected)
{
    /// <summary>Writes it as a person would say it.</summary>
    /// <returns>For example <c>3 of 4 ran on node n12, as did 2 % of all runs</c>.</returns>
    public override string ToString()
    {
        string share = (Expected * 100).ToString(Expected < 0.01 ? "0.##" : "0", CultureInfo.InvariantCulture);
        string what = Dimension switch
        {
            FailureDimension.Node => $"ran on node {Value}, as did {share} % of all runs",
            FailureDimension.Host => $"ran under the launcher on {Value}, as did {share} % of all runs",
            FailureDimension.Application => $"are of {Value}, as are {share} % of all jobs",
            FailureDimension.Parameter => $"have {Name} = {Value}, as have {share} % of all jobs of the application",
            _ => $"ended with {Value}, as did {share} % of all runs",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Count} of {Of} {what}");
    }
}
