using System.Globalization;
using System.Text;

namespace Balsam;

/// <summary>An analysis in some lines, for people.</summary>
internal static class AnalysisSummary
{
    private const int MostApplications = 10;
    private const int MostFailures = 5;

    public static string Of(CampaignAnalysis analysis)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Number(analysis.Jobs.Count, "job")}: {analysis.Counts}").AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"from {Show(analysis.From)} to {Show(analysis.To)} UTC, {Show(analysis.To - analysis.From)}").AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"{Number(analysis.Runs.Count, "run")}, makespan {Show(analysis.Makespan)}");
        if (analysis.Runs.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", at most {Number((int)analysis.BusyCores.Max, "core")} busy on {Number((int)analysis.BusyNodes.Max, "node")}");
        }

        if (analysis.Utilization is { } utilization)
        {
            text.Append(CultureInfo.InvariantCulture, $", utilization {utilization * 100:0.#} % of {analysis.AvailableCores.Max:0} cores");
        }

        text.AppendLine();
        AppendList(text, analysis.Durations, MostApplications, "applications", Line);
        AppendList(text, analysis.Failures, MostFailures, "causes of failure", group => $"failed: {group}");
        return text.ToString();
    }

    private static string Line(ApplicationDurations application) =>
        $"{application.Application}: {Number(application.Jobs, "job")}; waited {Spread(application.QueueWait)}, ran {Spread(application.RunTime)}";

    private static string Spread(DurationQuantiles durations) => durations.Count == 0
        ? "never yet"
        : $"{Show(durations.P50)} (p90 {Show(durations.P90)}, longest {Show(durations.Max)})";

    private static void AppendList<T>(StringBuilder text, IReadOnlyList<T> items, int most, string things, Func<T, string> line)
    {
        foreach (T item in items.Take(most))
        {
            text.AppendLine(line(item));
        }

        if (items.Count > most)
        {
            text.Append(CultureInfo.InvariantCulture, $"… and {items.Count - most} more {things}").AppendLine();
        }
    }

    private static string Number(int count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");

    private static string Show(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Show(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => FormattableString.Invariant($"{duration.TotalMilliseconds:0.#} ms"),
        { TotalMinutes: < 1 } => FormattableString.Invariant($"{duration.TotalSeconds:0.##} s"),
        { TotalDays: < 1 } => duration.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
        _ => FormattableString.Invariant($"{(int)duration.TotalDays} d {duration:hh\\:mm\\:ss}"),
    };
}
