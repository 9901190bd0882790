namespace Balsam;

/// <summary>The host is not set up in a way that can work; the message says what to call or change.</summary>
/// <param name="problems">The problems, each a sentence that says what to do.</param>
public sealed class ConfigurationException(IReadOnlyList<string> problems)
    : BalsamException("Balsam is not set up to run:\n  " + string.Join("\n  ", problems))
{
    /// <summary>The problems.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
