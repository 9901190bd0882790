namespace Balsam;

/// <summary>The launcher ends before the job would.</summary>
/// <param name="Launcher">The launcher that has most time left.</param>
/// <param name="Needs">The job's estimate.</param>
/// <param name="Left">The time that the launcher has left.</param>
public sealed record WallTimeReason(LauncherSession Launcher, TimeSpan Needs, TimeSpan Left) : JobReason
{
    /// <inheritdoc/>
    public override JobOutlook Outlook => JobOutlook.NeedsLauncher;

    /// <inheritdoc/>
    public override string Text
    {
        get
        {
            (string needs, string left) = ReasonWords.Durations(Needs, Left);
            return $"it needs {needs}, launcher {ReasonWords.Of(Launcher)} has {left} left, and the job does not say that it can be interrupted";
        }
    }
}
