namespace WorkflowReplay.WfFormat;

/// <summary>The member <c>workflow.execution</c>.</summary>
internal sealed record WfExecution(IReadOnlyList<WfTaskRun?>? Tasks);
