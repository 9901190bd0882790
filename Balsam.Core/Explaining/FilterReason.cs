namespace Balsam;

/// <summary>The launcher's filter does not take the job.</summary>
/// <param name="Launcher">The launcher.</param>
public sealed record FilterReason(LauncherSession Launcher) : JobReason
{
    /// <inheritdoc/>
    public override JobOutlook Outlook => JobOutlook.NeedsLauncher;

    /// <inheritdoc/>
    public override string Text => $"launcher {ReasonWords.Of(Launcher)} takes only jobs where {JobFilters.Describe(Launcher.Request.Filter)}";
}
