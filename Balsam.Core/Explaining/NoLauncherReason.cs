using System.Collections.Immutable;

namespace Balsam;

/// <summary>No launcher is alive for the job's site.</summary>
/// <param name="Site">The site.</param>
/// <param name="Served">The sites that live launchers do serve.</param>
/// <param name="EndedBecause">Why the launcher of this host takes no more jobs; null when it does, or there is none.</param>
public sealed record NoLauncherReason(SiteName Site, ImmutableArray<SiteName> Served, string? EndedBecause) : JobReason
{
    /// <inheritdoc/>
    public override JobOutlook Outlook => JobOutlook.NeedsLauncher;

    /// <inheritdoc/>
    public override string Text
    {
        get
        {
            string ended = EndedBecause is null ? "" : $" (this host's has ended because {EndedBecause})";
            string served = Served.IsEmpty ? "" : $"; those alive serve {string.Join(", ", Served.Select(site => $"'{site}'"))}";
            return $"no launcher is alive for site '{Site}'{ended}{served}";
        }
    }
}
