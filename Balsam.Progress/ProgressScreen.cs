using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Balsam;

/// <summary>Progress as a picture.</summary>
/// <param name="unicode">Whether the terminal shows block characters.</param>
internal sealed class ProgressScreen(bool unicode)
{
    private readonly (JobGroup Group, Style Style, char Glyph)[] _looks =
    [
        (JobGroup.Finished, new Style(Color.Green), unicode ? '█' : '#'), (JobGroup.Failed, new Style(Color.Red), unicode ? '▓' : 'x'),
        (JobGroup.Running, new Style(Color.Aqua), unicode ? '▒' : '>'), (JobGroup.Waiting, new Style(Color.Grey), unicode ? '░' : '.'),
    ];

    public IRenderable Draw(CampaignProgress? progress, DateTimeOffset now)
    {
        if (progress is null || progress.Total == 0)
        {
            return new Text("no jobs yet", new Style(Color.Grey));
        }

        List<IRenderable> rows = [Bar(progress), Legend(progress), Numbers(progress, now)];
        if (!progress.Running.IsEmpty || !progress.LastFailures.IsEmpty)
        {
            rows.Add(Lists(progress, now));
        }

        return new Rows(rows);
    }

    private JobBar Bar(CampaignProgress progress) => new([.. _looks.Select(look => (look.Group.Count(progress.Counts), look.Style, look.Glyph))]);

    private static Text Numbers(CampaignProgress progress, DateTimeOffset now)
    {
        List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"{progress.Ended:#,0} of {progress.Total:#,0} jobs ended")];
        if (progress.Rate > 0)
        {
            parts.Add(ShownNumbers.Rate(progress.Rate));
        }

        // The estimate is as old as the report: it runs down between two.
        if (progress is { IsComplete: false, TimeLeft: { } left })
        {
            parts.Add($"about {ShownNumbers.Duration(left - (now - progress.UpdatedAt))} left");
        }

        if (progress.PausedBecause is { } reason)
        {
            parts.Add($"paused: {ShownText.Of(reason)}");
        }

        return new Text(string.Join(", ", parts));
    }

    private Paragraph Legend(CampaignProgress progress)
    {
        var line = new Paragraph();
        string gap = "";
        foreach ((JobGroup group, Style style, char glyph) in _looks)
        {
            if (group.Count(progress.Counts) is > 0 and var count)
            {
                line.Append(gap).Append(string.Create(CultureInfo.InvariantCulture, $"{glyph} {count:#,0} {group.Name}"), style);
                gap = "   ";
            }
        }

        return line;
    }

    private static Grid Lists(CampaignProgress progress, DateTimeOffset now)
    {
        Grid grid = new Grid { Expand = false }.AddColumns(5);
        foreach (GridColumn column in grid.Columns.Take(3))
        {
            column.NoWrap = true;
        }

        string head = "running";
        foreach (RunInProgress run in progress.Running)
        {
            AddRow(grid, head, new Style(Color.Aqua), run.Id, run.Application, run.Workdir, ShownNumbers.Duration(now - run.Since));
            head = "";
        }

        if (progress.Counts[JobState.Running] - progress.Running.Length is > 0 and var more)
        {
            grid.AddRow(new Text(""), new Text(""), new Text(""), new Text(string.Create(CultureInfo.InvariantCulture, $"and {more:#,0} more")));
        }

        head = "failed";
        foreach (RecentFailure failure in progress.LastFailures)
        {
            AddRow(grid, head, new Style(Color.Red), failure.Id, failure.Application, failure.Workdir, ShownText.Of(failure.Reason));
            head = "";
        }

        return grid;
    }

    // Text, not markup: a name may hold brackets.
    private static void AddRow(Grid grid, string head, Style style, JobId id, ApplicationName application, string workdir, string last) => grid.AddRow(
        new Text(head, style), new Text(id.ToString()), Cell(application.Value), Cell(ShownText.Of(workdir)), Cell(last));

    private static Text Cell(string text) => new(text) { Overflow = Overflow.Ellipsis };
}
