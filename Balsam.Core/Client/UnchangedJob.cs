namespace Balsam;

/// <summary>Why a job was left as it was.</summary>
/// <param name="Why">The kind of reason, for programs.</param>
/// <param name="Message">The reason in words, for people.</param>
public sealed record UnchangedJob(WhyUnchanged Why, string Message)
{
    /// <summary>Writes the reason in words.</summary>
    /// <returns>The <see cref="Message"/>.</returns>
    public override string ToString() => Message;
}
