using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>Why jobs failed, and what they have in common.</summary>
internal static class Failures
{
    private const int MostGroups = 20;
    private const int MostLines = 12;
    private const int LongestLine = 240;
    private const int MostJobs = 40;

    public static void Write(Markup page, Report report)
    {
        FailureGroup[] groups = [.. report.Analysis.Failures.OrderByDescending(group => group.Count)];
        if (groups.Length == 0)
        {
            page.Element("p", "No job has failed.");
            return;
        }

        foreach (FailureGroup group in groups.Take(MostGroups))
        {
            page.Open("article", ("class", $"failure {StateColors.Of(JobState.Failed)}"));
            page.Element("h3", $"{Words.Count(group.Count, "job")}: {group.Cause.Kind}");
            page.Element("p", Words.Short(group.Example.Message, LongestLine));
            if (group.Concentrations.Count > 0)
            {
                page.Open("ul");
                foreach (FailureConcentration concentration in group.Concentrations)
                {
                    page.Element("li", Words.Short(concentration.ToString(), LongestLine));
                }

                page.Close();
            }

            IReadOnlyList<string> lines = Lines(group.Example);
            if (lines.Count > 0)
            {
                page.Element("pre", string.Join('\n', lines));
            }

            page.Element(
                "p",
                $"{(group.Count == 1 ? "Job" : "Jobs")} {string.Join(", ", group.JobIds.Take(MostJobs))}{(group.Count > MostJobs ? $" and {Words.Count(group.Count - MostJobs)} more" : "")}",
                ("class", "note"));
            page.Close();
        }

        if (groups.Length > MostGroups)
        {
            page.Element("p", $"{Words.Count(groups.Skip(MostGroups).Sum(group => group.Count), "job")} failed for {groups.Length - MostGroups} rarer causes; failures.csv has them all.", ("class", "note"));
        }
    }

    // The output of the run, which stands behind a hook's decision.
    private static IReadOnlyList<string> Lines(FailureDetails failure)
    {
        FailureDetails? told = failure;
        while (told is { LastLines.IsEmpty: true })
        {
            told = told.Inner;
        }

        return told is null ? [] : [.. told.LastLines.TakeLast(MostLines).Select(line => Words.Short(line, LongestLine))];
    }
}
