using System.Collections.Immutable;

namespace Balsam;

/// <summary>Launchers of the job's site do not know its application.</summary>
/// <param name="Application">The application.</param>
/// <param name="Launchers">The launchers.</param>
public sealed record ApplicationReason(ApplicationName Application, ImmutableArray<LauncherSession> Launchers) : JobReason
{
    private const int Listed = 3;

    /// <inheritdoc/>
    public override JobOutlook Outlook => JobOutlook.NeedsLauncher;

    /// <inheritdoc/>
    public override string Text
    {
        get
        {
            string names = string.Join(", ", Launchers.Take(Listed).Select(ReasonWords.Of));
            return Launchers.Length == 1
                ? $"launcher {names} does not know its application '{Application}'; call AddApplication for it in that host"
                : $"{Launchers.Length} launchers ({names}{(Launchers.Length > Listed ? ", …" : "")}) do not know its application '{Application}'; call AddApplication for it in one of those hosts";
        }
    }
}
