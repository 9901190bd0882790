namespace Balsam;

/// <summary>The job asks for more than the launcher's nodes have, even when nothing else runs.</summary>
/// <param name="Launcher">The launcher that comes closest.</param>
/// <param name="Shortage">What is asked, and what there is.</param>
public sealed record RequestTooLargeReason(LauncherSession Launcher, NodeShortage Shortage) : JobReason
{
    /// <inheritdoc/>
    public override JobOutlook Outlook => JobOutlook.NeedsLauncher;

    /// <inheritdoc/>
    public override string Text => $"it is too large for launcher {ReasonWords.Of(Launcher)}: {Shortage.Text}";
}
