namespace Balsam.Reports.Charts;

/// <summary>An edge from a parent to a child, by their places among the nodes, and for how many edges it stands.</summary>
internal readonly record struct GraphEdge(int From, int To, long Count);
