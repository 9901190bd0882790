using System.Collections.Immutable;

namespace Balsam;

/// <summary>Why a run or a job failed, as a record that any store keeps without knowing the exception's type.</summary>
public sealed record FailureDetails
{
    private const int LongestMessage = 16_000;
    private const int LongestStack = 64_000;
    private const int DeepestInner = 8;

    /// <summary>What brought it down.</summary>
    public required FailureKind Kind { get; init; }

    /// <summary>The reason in words.</summary>
    public required string Message { get; init; }

    /// <summary>The full name of the exception's type; null when there was no exception.</summary>
    public string? TypeName { get; init; }

    /// <summary>The exception's stack; null when there was none.</summary>
    public string? Stack { get; init; }

    /// <summary>The exit code; null when the process did not exit by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The number of the signal that ended the process; null when none did.</summary>
    public int? Signal { get; init; }

    /// <summary>The last lines of <c>job.out</c>; empty when the run left none.</summary>
    public ImmutableArray<string> LastLines { get; init; } = [];

    /// <summary>The job that started a chain of failures; null unless the kind is <see cref="FailureKind.ParentFailed"/>.</summary>
    public JobId? GuiltyAncestor { get; init; }

    /// <summary>The failure behind this one; null when there is none.</summary>
    public FailureDetails? Inner { get; init; }

    /// <summary>Makes details from an exception.</summary>
    /// <param name="kind">What the exception brought down.</param>
    /// <param name="exception">The exception.</param>
    /// <returns>The details, with up to 8 inner exceptions; what is too long to be kept is cut.</returns>
    public static FailureDetails FromException(FailureKind kind, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return FromException(kind, exception, DeepestInner);
    }

    /// <summary>The same, in other words than the exception's own.</summary>
    internal static FailureDetails FromException(FailureKind kind, Exception exception, string message) =>
        FromException(kind, exception, DeepestInner) with { Message = Cut(message, LongestMessage) };

    /// <inheritdoc/>
    public bool Equals(FailureDetails? other) =>
        other is not null && Kind == other.Kind && Message == other.Message && TypeName == other.TypeName && Stack == other.Stack
        && ExitCode == other.ExitCode && Signal == other.Signal && GuiltyAncestor == other.GuiltyAncestor
        && LastLines.SequenceEqual(other.LastLines) && Equals(Inner, other.Inner);

    /// <summary>Writes kind, type and message, then the last lines of the output.</summary>
    /// <returns>For example <c>ExitCode: exit code 3</c>.</returns>
    public override string ToString()
    {
        string type = TypeName is null ? "" : TypeName + ": ";
        return $"{Kind}: {type}{Message}{string.Concat(LastLines.Select(line => Environment.NewLine + "  " + line))}";
    }

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Message, ExitCode, Signal);

    private static FailureDetails FromException(FailureKind kind, Exception exception, int depth) => new()
    {
        Kind = kind,
        Message = Cut(exception.Message, LongestMessage),
        TypeName = exception.GetType().FullName,
        Stack = exception.StackTrace is { } stack ? Cut(stack, LongestStack) : null,
        Inner = depth > 0 && exception.InnerException is { } inner ? FromException(kind, inner, depth - 1) : null,
    };

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest] + "…";
}
