namespace Balsam;

/// <summary><c>Preprocess</c> has let the job pass.</summary>
public sealed record PreprocessedFilter : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) => (job ?? throw new ArgumentNullException(nameof(job))).IsPreprocessed;
}
