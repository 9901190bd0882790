namespace Balsam.Reports.Charts;

/// <summary>Numbers of jobs by state, as parts of one bar.</summary>
internal static class StateBar
{
    private const double Height = 26;
    private const double Narrow = 34;

    /// <summary>Draws the bar across the page, with numbers where there is room.</summary>
    public static void Draw(Markup page, string description, IReadOnlyList<(JobState State, long Count)> counts)
    {
        page.OpenDrawing(Height, description);
        Parts(page, counts, 0, 0, Plot.Width, Height, (state, count, left, width) =>
        {
            if (width >= Narrow)
            {
                page.Element("text", Words.Count(count), ("class", $"in m {StateColors.Of(state)}"), ("x", left + (width / 2)), ("y", 17.5));
            }
        });
        page.Close();
    }

    /// <summary>Draws the parts into a rectangle of a drawing that is open; every state that has jobs is seen.</summary>
    public static void Parts(
        Markup page, IReadOnlyList<(JobState State, long Count)> counts, double x, double y, double width, double height, Action<JobState, long, double, double>? label = null)
    {
        double least = Math.Min(2, width / Math.Max(1, counts.Count));
        double share = width - (least * counts.Count);
        double total = counts.Sum(count => count.Count);
        foreach ((JobState state, long count) in counts)
        {
            double own = least + (share * count / total);
            page.Open("rect", ("class", $"f {StateColors.Of(state)}"), ("x", x), ("y", y), ("width", own), ("height", height))
                .Element("title", $"{state.ToText()} {Words.Count(count)}").Close();
            label?.Invoke(state, count, x, own);
            x += own;
        }
    }
}
