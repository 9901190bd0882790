namespace Balsam.Testing.Conformance;

/// <summary>A store broke a promise of its contract.</summary>
/// <param name="message">What was promised, and what was seen.</param>
/// <param name="innerException">What is behind it; null for nothing.</param>
public sealed class ConformanceException(string message, Exception? innerException = null) : Exception(message, innerException);
