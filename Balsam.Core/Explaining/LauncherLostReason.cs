namespace Balsam;

/// <summary>The launcher that had the job is gone; another one of the site gives the job free at its next heartbeat.</summary>
/// <param name="Launcher">The launcher that is gone; null when the store no longer knows it.</param>
public sealed record LauncherLostReason(LauncherSession? Launcher) : JobReason
{
    /// <inheritdoc/>
    public override string Text =>
        $"{(Launcher is null ? "the launcher that ran it" : $"launcher {ReasonWords.Of(Launcher)}, which had it,")} is gone; another one gives it free at its next heartbeat";
}
