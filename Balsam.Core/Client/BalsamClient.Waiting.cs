using System.Runtime.CompilerServices;

namespace Balsam;

/// <content>Waiting for jobs to end, and for what they return.</content>
public sealed partial class BalsamClient
{
    private const int MostOpenExplained = 3;

    // A timer of the system runs no longer.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(49);

    /// <summary>Waits until a job has ended, well or badly.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The job in its final state.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="JobStuckException">The job cannot go on by itself; the exception says why.</exception>
    public Task<Job> WaitAsync(JobId id, CancellationToken cancellationToken) => WaitAsync(id, null, cancellationToken);

    /// <summary>Waits until a job has ended, well or badly.</summary>
    /// <param name="id">The job.</param>
    /// <param name="timeout">How long at most (49 days and more count as no limit); null for no limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The job in its final state.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="JobStuckException">The job cannot go on by itself; the exception says why.</exception>
    /// <exception cref="JobWaitTimeoutException">The time is over; a <see cref="TimeoutException"/> that says what the job is doing.</exception>
    public async Task<Job> WaitAsync(JobId id, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        (await WaitAsync([id], WaitFor.All, timeout, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Waits until a job has ended, well or badly.</summary>
    /// <param name="job">The job.</param>
    /// <param name="timeout">How long at most (49 days and more count as no limit); null for no limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The job in its final state.</returns>
    /// <exception cref="JobNotFoundException">The job was deleted.</exception>
    /// <exception cref="JobStuckException">The job cannot go on by itself; the exception says why.</exception>
    /// <exception cref="JobWaitTimeoutException">The time is over; a <see cref="TimeoutException"/> that says what the job is doing.</exception>
    public Task<Job> WaitAsync(Job job, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        return WaitAsync(Demand(job), timeout, cancellationToken);
    }

    /// <summary>Waits until all of some jobs have ended, well or badly.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The jobs in their final states, in the order asked.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="JobStuckException">Some jobs cannot go on by themselves, and all others have ended; the exception says why, and carries those.</exception>
    public Task<IReadOnlyList<Job>> WaitAsync(IEnumerable<JobId> ids, CancellationToken cancellationToken) => WaitAsync(ids, WaitFor.All, null, cancellationToken);

    /// <summary>Waits until all of some jobs have ended, well or badly.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The jobs in their final states, in the order asked.</returns>
    /// <exception cref="JobNotFoundException">One of the jobs was deleted.</exception>
    /// <exception cref="JobStuckException">Some jobs cannot go on by themselves, and all others have ended; the exception says why, and carries those.</exception>
    public Task<IReadOnlyList<Job>> WaitAsync(IEnumerable<Job> jobs, CancellationToken cancellationToken) => WaitAsync(jobs, WaitFor.All, null, cancellationToken);

    /// <summary>Waits until all of some jobs have ended, well or badly.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="timeout">How long at most (49 days and more count as no limit).</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The jobs in their final states, in the order asked.</returns>
    /// <exception cref="JobNotFoundException">One of the jobs was deleted.</exception>
    /// <exception cref="JobStuckException">Some jobs cannot go on by themselves, and all others have ended; the exception says why, and carries those.</exception>
    /// <exception cref="JobWaitTimeoutException">The time is over; a <see cref="TimeoutException"/> that says how many ended and what others are doing, and carries both.</exception>
    public Task<IReadOnlyList<Job>> WaitAsync(IEnumerable<Job> jobs, TimeSpan timeout, CancellationToken cancellationToken = default) => WaitAsync(jobs, WaitFor.All, timeout, cancellationToken);

    /// <summary>Waits until all of some jobs have ended, well or badly.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="timeout">How long at most (49 days and more count as no limit).</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The jobs in their final states, in the order asked.</returns>
    /// <exception cref="JobNotFoundException">One of the jobs was deleted.</exception>
    /// <exception cref="JobStuckException">Some jobs cannot go on by themselves, and all others have ended; the exception says why, and carries those.</exception>
    /// <exception cref="JobWaitTimeoutException">The time is over; a <see cref="TimeoutException"/> that says how many ended and what others are doing, and carries both.</exception>
    public Task<IReadOnlyList<Job>> WaitAsync(IEnumerable<JobId> ids, TimeSpan timeout, CancellationToken cancellationToken = default) => WaitAsync(ids, WaitFor.All, timeout, cancellationToken);

    /// <summary>Waits until all of some jobs have ended, or the first of them, well or badly.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="until">Whether to wait for all of them or for the first.</param>
    /// <param name="timeout">How long at most (49 days and more count as no limit); null for no limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Those that have ended by then, in their final states, in the order asked: with <see cref="WaitFor.First"/> one or more.</returns>
    /// <exception cref="JobNotFoundException">One of the jobs was deleted.</exception>
    /// <exception cref="JobStuckException">The jobs still waited for cannot go on by themselves; the exception says why, and carries those that ended.</exception>
    /// <exception cref="JobWaitTimeoutException">The time is over; a <see cref="TimeoutException"/> that says how many ended and what others are doing, and carries both.</exception>
    public Task<IReadOnlyList<Job>> WaitAsync(IEnumerable<Job> jobs, WaitFor until = WaitFor.All, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        return WaitAsync(IdsOf(jobs), until, timeout, cancellationToken);
    }

    /// <summary>Waits until all of some jobs have ended, or the first of them, well or badly.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="until">Whether to wait for all of them or for the first.</param>
    /// <param name="timeout">How long at most (49 days and more count as no limit); null for no limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Those that have ended by then, in their final states, in the order asked: with <see cref="WaitFor.First"/> one or more.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="JobStuckException">The jobs still waited for cannot go on by themselves; the exception says why, and carries those that ended.</exception>
    /// <exception cref="JobWaitTimeoutException">The time is over; a <see cref="TimeoutException"/> that says how many ended and what others are doing, and carries both.</exception>
    public async Task<IReadOnlyList<Job>> WaitAsync(IEnumerable<JobId> ids, WaitFor until = WaitFor.All, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        JobId[] all = Demand(ids);
        if (timeout == Timeout.InfiniteTimeSpan || timeout > LongestTimeout)
        {
            timeout = null;
        }

        if (timeout is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(given, TimeSpan.Zero, nameof(timeout));
        }

        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<JobId, Job> ended = [];
        using JobWait wait = await _watcher.WatchAsync(all, cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource? limit = timeout is { } time ? new CancellationTokenSource(time, _time) : null;
        using CancellationTokenSource? either = limit is null ? null : CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        CancellationToken stop = either?.Token ?? cancellationToken;
        try
        {
            while (ended.Count == 0 || (until == WaitFor.All && !wait.IsOver))
            {
                IReadOnlyList<Job> news = await wait.NextAsync(stop).ConfigureAwait(false);
                if (news.Count == 0)
                {
                    break;
                }

                foreach (Job job in news)
                {
                    ended[job.Id] = GiveOut(job);
                }
            }
        }
        catch (OperationCanceledException) when (limit is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
        {
            throw await MakeTimeoutAsync(timeout!.Value, all, ended, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<JobExplanation> stuck = wait.GetStuck();
        bool isComplete = until == WaitFor.First && ended.Count > 0;
        return isComplete || stuck.Count == 0 ? InOrder(all, ended) : throw MakeStuck(stuck, InOrder(all, ended));
    }

    /// <summary>Gives each of some jobs as it ends, well or badly.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The jobs in their final states, in the order in which they end.</returns>
    /// <exception cref="JobNotFoundException">One of the jobs was deleted.</exception>
    /// <exception cref="JobStuckException">The jobs that are left cannot go on by themselves; the exception says why. All others were given before.</exception>
    public IAsyncEnumerable<Job> WhenEachAsync(IEnumerable<Job> jobs, CancellationToken cancellationToken = default)
    {
        return WhenEachAsync(IdsOf(jobs), cancellationToken);
    }

    /// <summary>Gives each of some jobs as it ends, well or badly.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The jobs in their final states, in the order in which they end.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="JobStuckException">The jobs that are left cannot go on by themselves; the exception says why. All others were given before.</exception>
    public async IAsyncEnumerable<Job> WhenEachAsync(IEnumerable<JobId> ids, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        JobId[] all = Demand(ids);
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        using JobWait wait = await _watcher.WatchAsync(all, cancellationToken).ConfigureAwait(false);
        while (await wait.NextAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } news)
        {
            foreach (Job job in news)
            {
                yield return GiveOut(job);
            }
        }

        if (wait.GetStuck() is { Count: > 0 } stuck)
        {
            throw MakeStuck(stuck, []);
        }
    }

    /// <summary>Waits for a function's result.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The result.</returns>
    /// <exception cref="JobFailedException">The job failed; the exception carries type, message and stack of what the function threw.</exception>
    /// <exception cref="JobResultMissingException">The job's application returns nothing.</exception>
    /// <exception cref="JobStuckException">The job cannot go on by itself; the exception says why.</exception>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async Task<T> ResultAsync<T>(JobId id, CancellationToken cancellationToken = default) =>
        (await WaitAsync(id, cancellationToken).ConfigureAwait(false)).GetResult<T>();

    /// <summary>Waits for a function's result.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The result.</returns>
    /// <exception cref="JobFailedException">The job failed; the exception carries type, message and stack of what the function threw.</exception>
    /// <exception cref="JobResultMissingException">The job's application returns nothing.</exception>
    /// <exception cref="JobStuckException">The job cannot go on by itself; the exception says why.</exception>
    /// <exception cref="JobNotFoundException">The job was deleted.</exception>
    public Task<T> ResultAsync<T>(Job job, CancellationToken cancellationToken = default)
    {
        return ResultAsync<T>(Demand(job), cancellationToken);
    }

    private static JobId[] Demand(IEnumerable<JobId> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        JobId[] all = [.. ids];
        Array.ForEach(all, Demand);
        return all;
    }

    private static IReadOnlyList<Job> InOrder(JobId[] all, Dictionary<JobId, Job> ended) => [.. all.Where(ended.ContainsKey).Select(id => ended[id])];

    private JobStuckException MakeStuck(IReadOnlyList<JobExplanation> stuck, IReadOnlyList<Job> ended) => new([.. stuck.Select(GiveOut)], ended);

    private async Task<JobWaitTimeoutException> MakeTimeoutAsync(TimeSpan timeout, JobId[] all, Dictionary<JobId, Job> ended, CancellationToken cancellationToken)
    {
        JobId[] open = [.. all.Where(id => !ended.ContainsKey(id)).Distinct()];
        IReadOnlyList<Job> first = await _store.FindAsync([.. open.Take(MostOpenExplained)], cancellationToken).ConfigureAwait(false);
        IReadOnlyList<JobExplanation> explanations = await _explainer.ExplainAsync(first, cancellationToken).ConfigureAwait(false);
        return new JobWaitTimeoutException(timeout, InOrder([.. all.Distinct()], ended), open.Length, [.. explanations.Select(GiveOut)]);
    }
}
