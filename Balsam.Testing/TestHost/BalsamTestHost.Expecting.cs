namespace Balsam.Testing;

/// <content>What a test expects.</content>
public sealed partial class BalsamTestHost
{
    /// <summary>Begins a chain of expectations about a job as it is now.</summary>
    /// <param name="id">The job.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">There is no such job.</exception>
    public JobExpectation Expect(JobId id) => new([id], Record);

    /// <summary>Begins a chain of expectations that each of some jobs must meet.</summary>
    /// <param name="jobs">The jobs, at least one.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">There is no such job, or none was given.</exception>
    public JobExpectation Expect(IEnumerable<Job> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return new JobExpectation(jobs.Select(static job => job.Id), Record);
    }

    /// <summary>Expects that every job of the store has ended. One that has not is explained.</summary>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <returns>A task that ends when it is so.</returns>
    /// <exception cref="BalsamAssertionException">Some have not; the message says why each of them waits.</exception>
    public async Task ExpectAllEndedAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<BlockedJob> blocked = await FindBlockedAsync(cancellationToken).ConfigureAwait(false);
        if (blocked.Count > 0)
        {
            throw new BalsamAssertionException(
                $"Expected that every job has ended, but {blocked.Count} have not:\n{string.Join("\n", blocked.Take(EventsShown).Select(static job => $"  {job.Explanation}"))}{(blocked.Count > EventsShown ? "\n  …" : "")}");
        }
    }

    /// <summary>Expects that every job of the store has finished well.</summary>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <returns>A task that ends when it is so.</returns>
    /// <exception cref="BalsamAssertionException">Some have not; the message says why each of them waits, or shows the history of one that failed.</exception>
    public async Task ExpectAllFinishedAsync(CancellationToken cancellationToken = default)
    {
        await ExpectAllEndedAsync(cancellationToken).ConfigureAwait(false);
        if (await Client.Jobs.InState(JobState.Failed).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) is { } failed)
        {
            Expect(failed.Id).Finished();
        }
    }

    private JobRecord Record(JobId id) =>
        new(_store.Find(id) ?? throw new BalsamAssertionException($"There is no job {id}."), _store.HistoryOf(id), _options.StartsAt);
}
