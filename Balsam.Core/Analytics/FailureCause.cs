namespace Balsam;

/// <summary>Why jobs failed, with what differs from job to job folded away.</summary>
/// <remarks>
/// Behind a decision of a hook stands the run that failed, and its failure is the cause. The lines are the last 3 that are not blank of the end of the output,
/// or the message, with the exception's type, when there was no output. In them, text in quotes becomes <c>'…'</c>, paths become <c>&lt;path&gt;</c>, hexadecimal
/// numbers and ids become <c>&lt;hex&gt;</c>, other numbers become <c>#</c>, and white space one space; a line is cut after 300 characters.
/// </remarks>
public sealed record FailureCause
{
    private const int LinesKept = 3;

    private FailureCause(FailureKind kind, string text)
    {
        Kind = kind;
        Text = text;
    }

    /// <summary>What brought the jobs down.</summary>
    public FailureKind Kind { get; }

    /// <summary>The folded lines, with <c>\n</c> between them.</summary>
    public string Text { get; }

    /// <summary>The folded lines.</summary>
    public IReadOnlyList<string> Lines => Text.Split('\n');

    /// <summary>The cause of a failure.</summary>
    /// <param name="failure">The failure.</param>
    /// <returns>The cause; equal for failures that belong together.</returns>
    public static FailureCause Of(FailureDetails failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        FailureDetails root = RootOf(failure);
        IEnumerable<string> said = root.LastLines.Where(line => !string.IsNullOrWhiteSpace(line)).TakeLast(LinesKept);
        string[] lines = [.. said.Any() ? said : [root.TypeName is null ? root.Message : $"{root.TypeName}: {root.Message}"]];
        return new FailureCause(root.Kind, string.Join('\n', lines.Select(FailureText.Fold)));
    }

    /// <summary>Writes kind and lines.</summary>
    /// <returns>For example <c>ExitCode: cannot read '…': no such file</c>.</returns>
    public override string ToString() => $"{Kind}: {Text.Replace("\n", " / ", StringComparison.Ordinal)}";

    /// <summary>The failure behind the decisions of hooks.</summary>
    internal static FailureDetails RootOf(FailureDetails failure)
    {
        while (failure is { Kind: FailureKind.HookDecision or FailureKind.RetriesExhausted, Inner: { } inner })
        {
            failure = inner;
        }

        return failure;
    }
}
