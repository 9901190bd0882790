using System.Text.Json;

namespace Balsam;

/// <summary>
/// What is at a place in the job's data or parameters compares with a value: numbers by size, texts by character codes, everything else only as equal or
/// not. Where nothing is, or something that cannot be compared with the value, the job is not meant.
/// </summary>
/// <param name="Source">Data or parameters.</param>
/// <param name="Path">The place.</param>
/// <param name="Comparison">How it compares.</param>
/// <param name="Value">The value.</param>
public sealed record JsonFilter(JsonSource Source, JsonPath Path, Comparison Comparison, JobData Value) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Holds(Source == JsonSource.Data ? job.Data : job.Parameters);
    }

    internal bool Holds(JobData data)
    {
        if (!Path.TryFind(data.Root, out JsonElement found))
        {
            return false;
        }

        return Comparison switch
        {
            Comparison.Equal => AreEqual(found, Value.Root),
            Comparison.NotEqual => !AreEqual(found, Value.Root),
            Comparison.Less => Compare(found, Value.Root) < 0,
            Comparison.LessOrEqual => Compare(found, Value.Root) <= 0,
            Comparison.Greater => Compare(found, Value.Root) > 0,
            _ => Compare(found, Value.Root) >= 0,
        };
    }

    private static bool AreEqual(JsonElement left, JsonElement right) =>
        left.ValueKind == JsonValueKind.Number && right.ValueKind == JsonValueKind.Number ? Compare(left, right) == 0 : JsonElement.DeepEquals(left, right);

    private static int? Compare(JsonElement left, JsonElement right) => (left.ValueKind, right.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => left.TryGetInt64(out long wholeLeft) && right.TryGetInt64(out long wholeRight)
            ? wholeLeft.CompareTo(wholeRight)
            : left.GetDouble().CompareTo(right.GetDouble()),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(left.GetString(), right.GetString()),
        _ => null,
    };
}
