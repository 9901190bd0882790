namespace Balsam;

/// <summary>Something about a job that is stored otherwise than it is asked for now. A submit leaves the stored job as it is.</summary>
/// <param name="Field">What: <c>application</c>, <c>site</c>, <c>workdir</c>, <c>priority</c>, <c>parents</c>, or a member, as in <c>parameters.tolerance</c>, <c>tags.study</c>, <c>data.note</c>, <c>resources.nodes</c>.</param>
/// <param name="Stored">The stored value in words or as JSON; null when there is none.</param>
/// <param name="Given">The value asked for, in the same form; null when there is none.</param>
public sealed record SubmitDifference(string Field, string? Stored, string? Given)
{
    /// <summary>Writes the difference.</summary>
    /// <returns>For example <c>parameters.tolerance is 0.001, given 0.0001</c>.</returns>
    public override string ToString() => $"{Field} is {Stored ?? "not set"}, given {Given ?? "nothing"}";
}
