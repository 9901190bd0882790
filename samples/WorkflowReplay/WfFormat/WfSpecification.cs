namespace WorkflowReplay.WfFormat;

/// <summary>The member <c>workflow.specification</c>.</summary>
internal sealed record WfSpecification(IReadOnlyList<WfTask?>? Tasks);
