namespace Balsam.Reports.Charts;

/// <summary>A node with its runs on lanes.</summary>
/// <param name="Name">The node.</param>
/// <param name="Bars">Its runs.</param>
/// <param name="First">The first lane of each.</param>
/// <param name="Lanes">How many lanes there are.</param>
internal sealed record GanttRow(string Name, IReadOnlyList<GanttBar> Bars, IReadOnlyList<int> First, int Lanes);
