using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Balsam;

/// <content>Waiting for jobs to end.</content>
public sealed partial class BalsamClient
{
    /// <summary>Waits until a job has ended, well or badly.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The job in its final state.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async Task<Job> WaitAsync(JobId id, CancellationToken cancellationToken = default) =>
        (await WaitAsync([id], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Waits until all of some jobs have ended, well or badly.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The jobs in their final states, in the order asked.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async Task<IReadOnlyList<Job>> WaitAsync(IEnumerable<JobId> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        JobId[] all = [.. ids];
        Dictionary<JobId, Job> ended = [];
        await foreach (Job job in WhenEachAsync(all, cancellationToken).ConfigureAwait(false))
        {
            ended[job.Id] = job;
        }

        return [.. all.Select(id => ended[id])];
    }

    /// <summary>Waits until all of some jobs have ended, well or badly.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The jobs in their final states, in the order asked.</returns>
    /// <exception cref="JobNotFoundException">One of the jobs was deleted.</exception>
    public Task<IReadOnlyList<Job>> WaitAsync(IEnumerable<Job> jobs, CancellationToken cancellationToken = default) =>
        WaitAsync(jobs.Select(job => job.Id), cancellationToken);

    /// <summary>Gives each of some jobs as it ends, well or badly.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The jobs in their final states, in the order in which they end.</returns>
    /// <exception cref="JobNotFoundException">One of the jobs was deleted.</exception>
    public IAsyncEnumerable<Job> WhenEachAsync(IEnumerable<Job> jobs, CancellationToken cancellationToken = default) =>
        WhenEachAsync(jobs.Select(job => job.Id), cancellationToken);

    /// <summary>Gives each of some jobs as it ends, well or badly.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The jobs in their final states, in the order in which they end.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async IAsyncEnumerable<Job> WhenEachAsync(IEnumerable<JobId> ids, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        HashSet<JobId> open = [.. ids];
        foreach (JobId id in open)
        {
            Demand(id);
        }

        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        var ended = Channel.CreateUnbounded<JobId>();
        using IDisposable watch = await _watcher.WatchAsync(open, ended.Writer, cancellationToken).ConfigureAwait(false);
        JobId[] look = [.. open];
        while (open.Count > 0)
        {
            Dictionary<JobId, Job> found = (await _store.FindAsync(look, cancellationToken).ConfigureAwait(false)).ToDictionary(job => job.Id);
            foreach (JobId id in look.Where(open.Contains))
            {
                Job job = found.GetValueOrDefault(id) ?? throw new JobNotFoundException(id);
                if (job.State.IsFinal())
                {
                    open.Remove(id);
                    yield return job;
                }
            }

            if (open.Count > 0)
            {
                // What ended the watch comes out as it is: a store that was closed, for example.
                if (!await ended.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    throw new InvalidOperationException("The watch ended without a reason.");
                }

                List<JobId> next = [];
                while (ended.Reader.TryRead(out JobId more))
                {
                    next.Add(more);
                }

                look = [.. next.Distinct()];
            }
        }
    }

    /// <summary>Waits for a function's result.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The result.</returns>
    /// <exception cref="JobFailedException">The job failed; the exception carries type, message and stack of what the function threw.</exception>
    /// <exception cref="JobResultMissingException">The job's application returns nothing.</exception>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async Task<T?> ResultAsync<T>(JobId id, CancellationToken cancellationToken = default) =>
        (await WaitAsync(id, cancellationToken).ConfigureAwait(false)).GetResult<T>();

    /// <summary>Waits for a function's result.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The result.</returns>
    /// <exception cref="JobFailedException">The job failed; the exception carries type, message and stack of what the function threw.</exception>
    /// <exception cref="JobResultMissingException">The job's application returns nothing.</exception>
    /// <exception cref="JobNotFoundException">The job was deleted.</exception>
    public Task<T?> ResultAsync<T>(Job job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return ResultAsync<T>(job.Id, cancellationToken);
    }
}
