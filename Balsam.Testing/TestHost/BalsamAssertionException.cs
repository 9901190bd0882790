namespace Balsam.Testing;

/// <summary>Something that a test expects of a job or campaign is not so. Test frameworks show its message; no framework is needed.</summary>
/// <param name="message">What was expected, what is so, and the history.</param>
public sealed class BalsamAssertionException(string message) : Exception(message);
