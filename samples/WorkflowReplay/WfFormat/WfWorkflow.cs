namespace WorkflowReplay.WfFormat;

/// <summary>The member <c>workflow</c>: the graph, and its execution.</summary>
internal sealed record WfWorkflow(WfSpecification? Specification, WfExecution? Execution);
