namespace Balsam;

/// <summary>The root of everything that Balsam throws, but for mistakes in arguments.</summary>
public class BalsamException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">What happened, to which job, what is allowed, and what to do.</param>
    /// <param name="innerException">What is behind it; null for nothing.</param>
    public BalsamException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
