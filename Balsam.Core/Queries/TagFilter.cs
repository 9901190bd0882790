namespace Balsam;

/// <summary>The job has a tag.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value; null for any.</param>
public sealed record TagFilter(string Key, string? Value) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) =>
        (job ?? throw new ArgumentNullException(nameof(job))).Tags.TryGetValue(Key, out string? value) && (Value is null || value == Value);
}
