namespace Balsam;

/// <summary>The job waits for its time, as a restart with a delay asks.</summary>
/// <param name="NotBefore">It is not taken up before this instant, in UTC.</param>
public sealed record TimeReason(DateTimeOffset NotBefore) : JobReason
{
    /// <inheritdoc/>
    public override string Text => $"it waits for its time, {NotBefore:u}";
}
