using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>The jobs, those first that need a look.</summary>
internal static class JobTable
{
    private const int MostJobs = 500;

    private static readonly (string Name, string? Class)[] Columns =
        [("job", "n"), ("application", null), ("workdir", null), ("state", null), ("runs", "n"), ("run time", "n"), ("submitted", "n"), ("ended", "n"), ("tags", null)];

    public static void Write(Markup page, Report report)
    {
        IReadOnlyList<JobTimeline> all = report.Analysis.Jobs;
        JobTimeline[] jobs = [.. all.OrderBy(Rank).ThenBy(job => job.Id).Take(MostJobs)];
        page.Element(
            "p",
            (all.Count > jobs.Length ? $"{Words.Count(jobs.Length)} of {Words.Count(all.Count)} jobs; jobs.csv has them all. " : "")
            + $"Jobs that failed come first, then those that have not ended. Instants are since {report.Since}.",
            ("class", "note"));
        IReadOnlyDictionary<string, string> first = all[0].Tags;
        KeyValuePair<string, string>[] common = all.Count == 1 ? [] : [.. first.Where(tag => all.All(job => job.Tags.TryGetValue(tag.Key, out string? value) && value == tag.Value))];
        if (common.Length > 0)
        {
            page.Element("p", $"All jobs have the tags {Words.Short(Text(common))}.", ("class", "note"));
        }

        ILookup<JobId, RunSpan> runs = report.Analysis.Runs.ToLookup(run => run.JobId);
        page.Open("div", ("class", "wide")).Open("table", ("class", "sortable")).Open("thead").Open("tr");
        foreach ((string name, string? style) in Columns)
        {
            page.Element("th", name, ("class", style));
        }

        page.Close().Close().Open("tbody");
        foreach (JobTimeline job in jobs)
        {
            Write(page, report, job, [.. runs[job.Id]], Text(job.Tags.Except(common)));
        }

        page.Close().Close().Close();
    }

    private static int Rank(JobTimeline job) => job.State switch { JobState.Failed => 0, JobState.JobFinished => 2, _ => 1 };

    private static void Write(Markup page, Report report, JobTimeline job, RunSpan[] runs, string tags)
    {
        page.Open("tr")
            .Element("td", job.Id.ToString(), ("class", "n"))
            .Element("td", Words.Short(job.Application.ToString()))
            .Element("td", Words.Short(job.Workdir))
            .Open("td", ("class", "k")).Element("span", "", ("class", $"dot {StateColors.Of(job.State)}")).Text(job.State.ToText()).Close()
            .Element("td", Words.Count(runs.Length), ("class", "n"));
        Duration(page, runs.Length == 0 ? null : runs.Aggregate(TimeSpan.Zero, (sum, run) => sum + ((run.End ?? report.Analysis.To) - run.Start)));
        Duration(page, job.CreatedAt - report.Analysis.From);
        Duration(page, job.EndedAt - report.Analysis.From);
        page.Element("td", Words.Short(tags)).Close();
    }

    private static string Text(IEnumerable<KeyValuePair<string, string>> tags) =>
        string.Join(", ", tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));

    private static void Duration(Markup page, TimeSpan? duration) =>
        page.Element("td", duration is { } known ? Words.Duration(known) : "", ("class", "n"), ("data-key", duration is { } ms ? (long)ms.TotalMilliseconds : null));
}
