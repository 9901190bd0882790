using Balsam.Storage;

namespace Balsam;

/// <content>Why a job is where it is.</content>
public sealed partial class BalsamClient
{
    /// <summary>Says why a job is where it is: why it does not run yet, what it waits for, who holds it, or how it ended.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The reasons; as text, one sentence.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public async Task<JobExplanation> ExplainAsync(JobId id, CancellationToken cancellationToken = default)
    {
        Job job = await GetAsync(id, cancellationToken).ConfigureAwait(false);
        return GiveOut((await _explainer.ExplainAsync([job], cancellationToken).ConfigureAwait(false))[0]);
    }

    /// <summary>Says why a job is where it is now.</summary>
    /// <param name="job">The job; it is read anew.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The reasons; as text, one sentence.</returns>
    /// <exception cref="JobNotFoundException">The job was deleted.</exception>
    public Task<JobExplanation> ExplainAsync(Job job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return ExplainAsync(job.Id, cancellationToken);
    }

    private JobExplanation GiveOut(JobExplanation explanation) => explanation with { Job = GiveOut(explanation.Job) };
}
