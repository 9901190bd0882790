namespace Balsam;

/// <summary>Nothing holds the job up: the next launcher that looks takes it.</summary>
public sealed record ReadyReason : JobReason
{
    /// <inheritdoc/>
    public override string Text => "nothing holds it up; a launcher takes it as soon as it looks";
}
