namespace Balsam;

/// <summary>Other jobs go first: of higher priority, or as urgent and older.</summary>
/// <param name="Ahead">How many jobs of the same site that its launchers could take wait or are held before it.</param>
public sealed record QueueReason(long Ahead) : JobReason
{
    /// <inheritdoc/>
    public override string Text => $"it is behind {ReasonWords.Count(Ahead, "job")} of higher priority or, at the same priority, older";
}
