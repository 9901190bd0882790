namespace WorkflowReplay;

/// <summary>What the user asked cannot be done; the message is the one line that says why. Nothing was started.</summary>
internal sealed class RefusedException(string message) : Exception(Text.OneLine(message));
