namespace Balsam;

/// <summary>The launchers that would take the job are paused.</summary>
/// <param name="Launcher">The first of them.</param>
/// <param name="Because">Why it is paused.</param>
public sealed record PausedReason(LauncherSession Launcher, string Because) : JobReason
{
    /// <inheritdoc/>
    public override string Text => $"launcher {ReasonWords.Of(Launcher)} is paused ({Because}); it takes jobs again after ResumeAsync";
}
