namespace Balsam;

/// <summary>There is something at a place in the job's data or parameters, be it <c>null</c>.</summary>
/// <param name="Source">Data or parameters.</param>
/// <param name="Path">The place.</param>
public sealed record JsonExistsFilter(JsonSource Source, JsonPath Path) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Path.TryFind((Source == JsonSource.Data ? job.Data : job.Parameters).Root, out _);
    }
}
