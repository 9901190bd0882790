namespace Balsam.Testing;

/// <content>Letting things happen.</content>
public sealed partial class BalsamTestHost
{
    private const int MostExplained = 1000;
    private const int JobsShown = 5;
    private const int EventsShown = 10;

    /// <summary>Runs until nothing runs, nothing can start, and nothing waits for its time: a week of campaign takes milliseconds.</summary>
    /// <param name="cancellationToken">Cancels the run between two steps.</param>
    /// <returns>How things stand then: how many jobs ended how, and which cannot go on, and why.</returns>
    /// <exception cref="BalsamAssertionException">Something runs that nothing will ever end; or it went on for longer than <see cref="BalsamTestHostOptions.LongestRun"/>, or a job was started more often than <see cref="BalsamTestHostOptions.MostAttempts"/>. The message says what it is.</exception>
    /// <exception cref="TimeoutException">A hook or function has been at work for longer than <see cref="BalsamTestHostOptions.Patience"/>; the message names it.</exception>
    /// <exception cref="BalsamException">The launcher failed.</exception>
    public async Task<IdleReport> RunUntilIdleAsync(CancellationToken cancellationToken = default)
    {
        await DriveAsync(static () => false, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<BlockedJob> blocked = await FindBlockedAsync(cancellationToken).ConfigureAwait(false);
        return new IdleReport(await Client.CountByStateAsync(cancellationToken).ConfigureAwait(false), blocked);
    }

    /// <summary>Runs until a job comes to a state, and not further; a state that it only passes through counts.</summary>
    /// <param name="id">The job.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Cancels the run between two steps.</param>
    /// <returns>The job as it is then. If it is in the state already, nothing happens.</returns>
    /// <exception cref="BalsamAssertionException">It never comes there; the message says why.</exception>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="TimeoutException">A hook or function has been at work for longer than <see cref="BalsamTestHostOptions.Patience"/>.</exception>
    /// <exception cref="BalsamException">The launcher failed.</exception>
    public async Task<Job> RunUntilAsync(JobId id, JobState state, CancellationToken cancellationToken = default)
    {
        Job job = await Client.GetAsync(id, cancellationToken).ConfigureAwait(false);
        int seen = _store.HistoryOf(id).Count;
        if (job.State != state && !await DriveAsync(() => _store.HistoryOf(id).Skip(seen).Any(step => step.To == state), cancellationToken).ConfigureAwait(false))
        {
            JobExplanation explanation = await Client.ExplainAsync(id, cancellationToken).ConfigureAwait(false);
            throw new BalsamAssertionException($"Job {id} never came to {state.ToText()}. {explanation}\n{JobHistory.Write(_store.Find(id)!, _store.HistoryOf(id), _options.StartsAt)}");
        }

        return await Client.GetAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets virtual time pass, with everything that happens meanwhile.</summary>
    /// <param name="time">How much; zero for what can happen now.</param>
    /// <param name="cancellationToken">Cancels it between two steps.</param>
    /// <returns>A task that ends when everything that can happen by then has happened.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is negative.</exception>
    /// <exception cref="TimeoutException">A hook or function has been at work for longer than <see cref="BalsamTestHostOptions.Patience"/>.</exception>
    /// <exception cref="BalsamException">The launcher failed.</exception>
    public async Task AdvanceAsync(TimeSpan time, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        await _driver.AdvanceAsync(time, cancellationToken).ConfigureAwait(false);
        await ThrowIfFailedAsync().ConfigureAwait(false);
    }

    // Returns whether it was reached; false when the host is idle.
    private async Task<bool> DriveAsync(Func<bool> isReached, CancellationToken cancellationToken)
    {
        DriveEnd end = await _driver.RunAsync(isReached, cancellationToken).ConfigureAwait(false);
        await ThrowIfFailedAsync().ConfigureAwait(false);
        return end switch
        {
            DriveEnd.Reached => true,
            DriveEnd.Idle => false,
            DriveEnd.NothingAhead => throw new BalsamAssertionException(
                $"Nothing will ever happen any more, and yet there is something at work: {await DescribeRunningAsync(cancellationToken).ConfigureAwait(false)}. "
                + "A script that hangs, or a function that waits for ever, needs a JobResources.TimeLimit, a cancellation or a stop of the launcher to end it."),
            _ => throw new BalsamAssertionException(
                $"The campaign still goes on after {_options.LongestRun} of virtual time (BalsamTestHostOptions.LongestRun). At work: {await DescribeRunningAsync(cancellationToken).ConfigureAwait(false)}. "
                + $"The last steps:\n{await DescribeLastAsync(cancellationToken).ConfigureAwait(false)}"),
        };
    }

    private Task ThrowIfFailedAsync() => _driver.Launcher is { Conductor.IsEnded: true } ended ? ended.EndAsync() : Task.CompletedTask;

    private async Task<IReadOnlyList<BlockedJob>> FindBlockedAsync(CancellationToken cancellationToken)
    {
        List<BlockedJob> blocked = [];
        foreach (Job job in await Client.Jobs.InState([.. JobStates.All.Except(JobStates.Final)]).Take(MostExplained).ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            blocked.Add(new BlockedJob(await Client.ExplainAsync(job.Id, cancellationToken).ConfigureAwait(false)));
        }

        return blocked;
    }

    private async Task<string> DescribeRunningAsync(CancellationToken cancellationToken)
    {
        List<Job> running = await Client.Jobs.InState(JobState.Running).Take(JobsShown + 1).ToListAsync(cancellationToken).ConfigureAwait(false);
        IEnumerable<string> hooks = _driver.Launcher?.Conductor.Begun.Select(static work => work.ToString()) ?? [];
        string[] all = [.. running.Take(JobsShown).Select(static job => $"{job}, attempt {job.Attempt}"), .. hooks.Take(JobsShown)];
        return all.Length == 0 ? "nothing" : string.Join("; ", all) + (running.Count > JobsShown ? "; …" : "");
    }

    private async Task<string> DescribeLastAsync(CancellationToken cancellationToken)
    {
        List<JobEvent> last = await Client.Events.Descending().Take(EventsShown).ToListAsync(cancellationToken).ConfigureAwait(false);
        last.Reverse();
        return string.Join("\n", last.Select(static step => $"  {step}"));
    }
}
