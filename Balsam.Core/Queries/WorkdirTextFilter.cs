namespace Balsam;

/// <summary>The job's workdir is, begins with, ends with or contains a text. Nothing in the text is a wildcard.</summary>
/// <param name="Text">The text.</param>
/// <param name="Match">Where it stands.</param>
public sealed record WorkdirTextFilter(string Text, TextMatch Match) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Match switch
        {
            TextMatch.Whole => job.Workdir == Text,
            TextMatch.Start => job.Workdir.StartsWith(Text, StringComparison.Ordinal),
            TextMatch.End => job.Workdir.EndsWith(Text, StringComparison.Ordinal),
            _ => job.Workdir.Contains(Text, StringComparison.Ordinal),
        };
    }
}
