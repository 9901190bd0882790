namespace Balsam.Reports.Charts;

/// <summary>A run on one node, in seconds since the beginning.</summary>
/// <param name="Row">The place of the node among the rows.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended.</param>
/// <param name="Lanes">How many lanes it takes, for example cores.</param>
/// <param name="Color">The style's class of its colour.</param>
/// <param name="Label">What is written into it if there is room.</param>
/// <param name="Tooltip">What is said about it.</param>
internal sealed record GanttBar(int Row, double From, double To, int Lanes, string Color, string Label, string Tooltip);
