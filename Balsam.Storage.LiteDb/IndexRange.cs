using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>A stretch of an index of the file.</summary>
/// <param name="Condition">What the engine of the file is asked; it may let more jobs through than the filter does.</param>
internal sealed record IndexRange(BsonExpression Condition)
{
    /// <summary>The tag whose jobs stand in the index in order of their number; null when they have no order.</summary>
    public string? OrderedTag { get; init; }
}
