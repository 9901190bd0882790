namespace WorkflowReplay.WfFormat;

/// <summary>A WfFormat file, as far as a replay needs it. Anything may be missing in a bad one.</summary>
internal sealed record WfDocument(string? Name, string? SchemaVersion, WfWorkflow? Workflow);
