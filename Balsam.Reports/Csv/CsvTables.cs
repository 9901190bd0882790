using System.Text.Json;

namespace Balsam.Reports.Csv;

/// <summary>The tables of an analysis.</summary>
internal static class CsvTables
{
    private static readonly string[] Quantiles = ["application", "measure", "count", "mean_s", "p10_s", "p50_s", "p90_s", "p99_s", "max_s"];
    private static readonly JobState[] States = [.. JobStates.All];

    public static IReadOnlyList<CsvTable> Of(CampaignAnalysis analysis) =>
    [
        new(
            "jobs.csv",
            ["job", "application", "site", "workdir", "state", "submitted", "ended", "tags", "parents", "failure_kind", "failure"],
            analysis.Jobs.Select(job => (object?[])
            [
                job.Id, job.Application, job.Site, job.Workdir, job.State, job.CreatedAt, job.EndedAt, JsonSerializer.Serialize(job.Tags, CsvJson.Default.IReadOnlyDictionaryStringString),
                string.Join(' ', job.Parents.Select(parent => parent.Parent)), job.Failure?.Kind, job.Failure?.Message,
            ])),
        new(
            "runs.csv",
            ["job", "application", "run", "start", "end", "run_time_s", "nodes", "cores", "gpus", "outcome"],
            analysis.Runs.Select(run => (object?[])
                [run.JobId, run.Application, run.Attempt, run.Start, run.End, run.End - run.Start, string.Join(' ', run.Nodes), run.Cores, run.Gpus, run.Outcome])),
        Series("throughput.csv", ("finished", analysis.Finished), ("failed", analysis.Failed)),
        Series(
            "utilization.csv",
            ("busy_cores", analysis.BusyCores),
            ("available_cores", analysis.AvailableCores),
            ("busy_nodes", analysis.BusyNodes),
            ("available_nodes", analysis.AvailableNodes),
            ("runs", analysis.RunningJobs)),
        Series("occupancy.csv", [.. States.Select(state => (state.ToText(), analysis.Occupancy.GetValueOrDefault(state, StepSeries.Zero)))]),
        new(
            "durations.csv",
            Quantiles,
            analysis.Durations.SelectMany(each => new[] { Spread(each.Application, "queue_wait", each.QueueWait), Spread(each.Application, "run_time", each.RunTime) })),
        new(
            "failures.csv",
            ["count", "kind", "cause", "in_common", "jobs"],
            analysis.Failures.Select(group => (object?[])
                [group.Count, group.Cause.Kind, group.Cause.Text, string.Join("; ", group.Concentrations), string.Join(' ', group.JobIds)])),
    ];

    private static object?[] Spread(ApplicationName application, string measure, DurationQuantiles spread) =>
        [application, measure, spread.Count, spread.Mean, spread.P10, spread.P50, spread.P90, spread.P99, spread.Max];

    private static CsvTable Series(string file, params (string Name, StepSeries Values)[] series) =>
        new(file, ["at", .. series.Select(each => each.Name)], Merged([.. series.Select(each => each.Values.Points)]));

    // One row for each instant at which anything changes.
    private static IEnumerable<object?[]> Merged(IReadOnlyList<StepPoint>[] series)
    {
        int[] next = new int[series.Length];
        object?[] row = [null, .. series.Select(_ => (object?)0.0)];
        while (true)
        {
            DateTimeOffset? at = null;
            for (int i = 0; i < series.Length; i++)
            {
                at = next[i] < series[i].Count && !(series[i][next[i]].At >= at) ? series[i][next[i]].At : at;
            }

            if (at is null)
            {
                yield break;
            }

            row[0] = at;
            for (int i = 0; i < series.Length; i++)
            {
                if (next[i] < series[i].Count && series[i][next[i]].At == at)
                {
                    row[i + 1] = series[i][next[i]++].Value;
                }
            }

            yield return row;
        }
    }
}
