using System.Globalization;

namespace Balsam;

/// <summary>The jobs that failed for one cause.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="JobIds">The jobs, by number.</param>
/// <param name="Example">The failure of the first of them, as it is.</param>
/// <param name="Concentrations">What they have in common, more often than chance would have it; the least likely first.</param>
public sealed record FailureGroup(FailureCause Cause, IReadOnlyList<JobId> JobIds, FailureDetails Example, IReadOnlyList<FailureConcentration> Concentrations)
{
    /// <summary>How many jobs there are.</summary>
    public int Count => JobIds.Count;

    /// <summary>Writes number, cause and what the jobs have in common.</summary>
    /// <returns>For example <c>4 × ExitCode: out of memory; 3 of 4 ran on node n12, as did 2 % of all runs</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} × {string.Join("; ", [Cause.ToString(), .. Concentrations.Select(each => each.ToString())])}");
}
