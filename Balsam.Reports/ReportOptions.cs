namespace Balsam;

/// <summary>What a report says that the jobs do not say themselves.</summary>
/// <example><code>
/// await client.Reports.WriteHtmlAsync(client.Jobs.WithTag("study", "a"), "study-a.html", new ReportOptions
/// {
///     Title = "Study A",
///     Label = job =&gt; job.Tags.GetValueOrDefault("molecule", job.Workdir),
/// });
/// </code></example>
public sealed class ReportOptions
{
    /// <summary>The heading. Default: "Campaign".</summary>
    public string Title { get; init; } = "Campaign";

    /// <summary>What a job is called in the Gantt chart and in the graph. Default: the last part of its workdir.</summary>
    public Func<JobTimeline, string> Label { get; init; } = static job => job.Workdir[(job.Workdir.TrimEnd('/').LastIndexOf('/') + 1)..];

    /// <summary>Which jobs are drawn as one when the graph is too large for a node a job: those of one group and one level. Default: the application.</summary>
    public Func<JobTimeline, string> Group { get; init; } = static job => job.Application.ToString();
}
