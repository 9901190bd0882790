namespace Balsam.Reports.Charts;

/// <summary>How busy one node was, or some neighbouring ones, in even stretches of time: 0 idle, 1 as busy as it ever was; and the stretches in which runs went wrong.</summary>
internal sealed record LoadRow(string Name, double[] Load, bool[] HasErrors);
