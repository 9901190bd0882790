using Balsam.Reports.Charts;

namespace Balsam.Reports;

/// <summary>An analysis as the sections of a page need it: in seconds since its beginning.</summary>
internal sealed class Report(CampaignAnalysis analysis, ReportOptions options)
{
    private const int CurvePoints = 2000;

    public CampaignAnalysis Analysis => analysis;

    public ReportOptions Options => options;

    /// <summary>How long the campaign is.</summary>
    public double Seconds { get; } = (analysis.To - analysis.From).TotalSeconds;

    /// <summary>When it begins, in words.</summary>
    public string Since { get; } = Words.Instant(analysis.From);

    /// <summary>The jobs by number.</summary>
    public IReadOnlyDictionary<JobId, JobTimeline> Jobs { get; } = analysis.Jobs.ToDictionary(job => job.Id);

    /// <summary>The second of an instant.</summary>
    public double At(DateTimeOffset instant) => (instant - analysis.From).TotalSeconds;

    /// <summary>The instant of a second.</summary>
    public DateTimeOffset Instant(double second) => analysis.From + TimeSpan.FromSeconds(second);

    /// <summary>A series as a line that can be drawn.</summary>
    public Curve Curve(string name, string color, StepSeries series) => new(
        name,
        color,
        [(0, series.ValueAt(analysis.From)), .. series.Thin(CurvePoints).Points.Where(point => point.At > analysis.From).Select(point => (At(point.At), point.Value))]);

    /// <summary>What stands around a chart of this campaign.</summary>
    public Frame Frame(string description, Func<double, double, Axis> values, double height = 200) =>
        new() { Description = description, Seconds = Seconds, Since = Since, Values = values, Height = height };

    /// <summary>What a job is called; its number when the user's function has no name for it.</summary>
    public string LabelOf(JobTimeline job) => Named(job, nameof(ReportOptions.Label), options.Label);

    /// <summary>The group of a job.</summary>
    public string GroupOf(JobTimeline job) => Named(job, nameof(ReportOptions.Group), options.Group);

    // What the user's function throws says nothing about the job it was asked for.
    private static string Named(JobTimeline job, string option, Func<JobTimeline, string> name)
    {
        try
        {
            return name(job) is { Length: > 0 } given ? given : $"job {job.Id}";
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"ReportOptions.{option} failed for job {job.Id} ({job.Application} in {job.Workdir}): {exception.Message}", exception);
        }
    }
}
