using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>States, their colours, and how many there are of each.</summary>
internal static class StateList
{
    public static void Write(Markup page, IEnumerable<(JobState State, long Count)> counts)
    {
        page.Open("ul", ("class", "states"));
        foreach ((JobState state, long count) in counts)
        {
            page.Open("li").Element("span", "", ("class", $"dot {StateColors.Of(state)}")).Text($"{state.ToText()} {Words.Count(count)}").Close();
        }

        page.Close();
    }
}
