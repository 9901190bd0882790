namespace WorkflowReplay.WfFormat;

/// <summary>A member of <c>workflow.execution.tasks</c>.</summary>
internal sealed record WfTaskRun(string? Id, double? RuntimeInSeconds, double? CoreCount);
