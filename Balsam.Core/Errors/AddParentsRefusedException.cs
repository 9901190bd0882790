namespace Balsam;

/// <summary>A job was to wait for further parents, and cannot; nothing of the call was written.</summary>
/// <param name="child">The job that was to wait.</param>
/// <param name="kind">What stands against it.</param>
/// <param name="message">What stands against it in words, and what to do.</param>
public sealed class AddParentsRefusedException(JobId child, AddParentsProblemKind kind, string message) : BalsamException(message)
{
    /// <summary>The job that was to wait.</summary>
    public JobId Child { get; } = child;

    /// <summary>What stands against it.</summary>
    public AddParentsProblemKind Kind { get; } = kind;
}
