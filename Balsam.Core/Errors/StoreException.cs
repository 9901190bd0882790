namespace Balsam;

/// <summary>The store cannot do what was asked. Nothing was half-written.</summary>
public class StoreException : BalsamException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="kind">What is the matter.</param>
    /// <param name="message">What happened, to which file or server, and what to do.</param>
    /// <param name="innerException">What is behind it; null for nothing.</param>
    public StoreException(StoreErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What is the matter.</summary>
    public StoreErrorKind Kind { get; }
}
