namespace WorkflowReplay.WfFormat;

/// <summary>A member of <c>workflow.specification.tasks</c>.</summary>
internal sealed record WfTask(string? Id, string? Name, IReadOnlyList<string?>? Parents, IReadOnlyList<string?>? Children);
