namespace Balsam.Reports.Charts;

/// <summary>A job, or some jobs drawn as one.</summary>
internal sealed record GraphNode(string Label, int Level, IReadOnlyList<(JobState State, long Count)> Counts, string Tooltip);
