namespace WorkflowReplay.Report;

/// <summary>An event as it stands in the file of <c>--events</c>.</summary>
internal sealed record EventLine(long Job, string Name, string From, string To, string At);
