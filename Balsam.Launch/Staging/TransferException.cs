namespace Balsam.Launch.Staging;

/// <summary>A transfer failed.</summary>
/// <param name="message">What was asked, what went wrong, and what to do.</param>
/// <param name="isTransient">Whether it may go better later: a connection lost, a host that does not answer, a full disk; not a file that is missing.</param>
/// <param name="innerException">What caused it.</param>
public sealed class TransferException(string message, bool isTransient, Exception? innerException = null) : BalsamException(message, innerException)
{
    /// <summary>Whether it may go better later.</summary>
    public bool IsTransient { get; } = isTransient;
}
