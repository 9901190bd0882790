using System.Collections.Concurrent;
using Balsam.Storage;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Cleanup;

/// <summary>Cleans finished jobs up, batch by batch, for one session of a launcher.</summary>
/// <remarks>
/// The session takes the jobs of a batch before it touches a file, and lets go of each once its files are gone and that is stored. A job that a user restarts meanwhile is held, so that no
/// launcher starts it; the removal stops as soon as the change is heard of, and then the job is let go of as it is. After a crash the jobs are found again, and what is gone is gone.
/// </remarks>
internal sealed partial class CleanupSweeper(
    IJobStore store, CleanupSelection selection, WorkdirCleaner cleaner, LeaseToken lease, Func<bool> isLeaseOver, CleanupOptions options, TimeProvider time, ILogger log, Action<Exception?> meet,
    CancellationToken noMore)
{
    // The jobs that are held, and whether each is as it was when it was taken.
    private readonly ConcurrentDictionary<JobId, bool> _taken = [];
    private readonly Lock _gate = new();
    private Task _sweeps = Task.CompletedTask;
    private volatile bool _isCut;

    /// <summary>Looks for jobs at every interval, until it is ended.</summary>
    public async Task RunAsync()
    {
        if (!options.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(noMore).ConfigureAwait(false))
            {
                try
                {
                    _ = await SweepAsync(JobFilter.All, CancellationToken.None).ConfigureAwait(false);
                    meet(null);
                }
                catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException or LeaseLostException))
                {
                    meet(exception);
                    LogFailed(log, options.Interval, exception);
                }
            }
        }
        catch (OperationCanceledException) when (noMore.IsCancellationRequested)
        {
        }
        catch (LeaseLostException)
        {
            // The launcher learns of it by itself, and opens another session.
        }
    }

    /// <summary>Cleans up every job that is due, one sweep at a time.</summary>
    /// <exception cref="OperationCanceledException">The launcher stops, or the caller has cancelled.</exception>
    public async Task<CleanupReport> SweepAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(noMore, cancellationToken);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_gate)
        {
            before = _sweeps;
            _sweeps = Task.WhenAll(before, over.Task);
        }

        try
        {
            await before.WaitAsync(ended.Token).ConfigureAwait(false);
            var report = new CleanupReport(0, 0, 0, 0, 0);
            await foreach (IReadOnlyList<CleanupCandidate> batch in selection.ReadAsync(filter, options.BatchSize, ended.Token).ConfigureAwait(false))
            {
                report = await CleanAsync(batch, report).ConfigureAwait(false);
                ended.Token.ThrowIfCancellationRequested();
            }

            if (report.Jobs > 0)
            {
                LogCleaned(log, report.Jobs, report.Files, report.Bytes, report.Waiting);
            }

            return report;
        }
        finally
        {
            over.SetResult();
        }
    }

    /// <summary>Hears that somebody else has changed a job.</summary>
    public void Notice(JobId job) => _taken.TryUpdate(job, false, true);

    /// <summary>Waits for the batch that is under way, once no further one begins.</summary>
    /// <param name="patience">How long that may go on before it is cut off, between two files.</param>
    public async Task EndAsync(TimeSpan patience)
    {
        _isCut = patience <= TimeSpan.Zero;
        using ITimer? cut = _isCut ? null : time.CreateTimer(_ => _isCut = true, null, patience, Timeout.InfiniteTimeSpan);
        Task sweeps;
        lock (_gate)
        {
            sweeps = _sweeps;
        }

        await sweeps.ConfigureAwait(false);
    }

    private async Task<CleanupReport> CleanAsync(IReadOnlyList<CleanupCandidate> batch, CleanupReport report)
    {
        CleanupCandidate[] due = [.. batch.Where(candidate => candidate.WaitsFor is null)];
        report = report with { Waiting = report.Waiting + batch.Count - due.Length };
        try
        {
            List<Job> done = [];
            foreach (CleanupCandidate candidate in await TakeAsync(due).ConfigureAwait(false))
            {
                await LetGoOfChangedAsync().ConfigureAwait(false);
                if (!await IsAsTakenAsync(candidate.Job).ConfigureAwait(false))
                {
                    continue;
                }

                CleanedWorkdir cleaned = await Task.Run(() => cleaner.Clean(candidate, () => MayGoOn(candidate.Job.Id))).ConfigureAwait(false);
                report = report with { Files = report.Files + cleaned.Files, Bytes = report.Bytes + cleaned.Bytes, Problems = report.Problems + cleaned.Problems };
                if (cleaned.FirstProblem is { } problem)
                {
                    LogProblems(log, candidate.Job.Id, cleaned.Problems, problem);
                }

                if (!cleaned.IsCut)
                {
                    done.Add(candidate.Job);
                }
            }

            return report with { Jobs = report.Jobs + await NoteAsync(done).ConfigureAwait(false) };
        }
        finally
        {
            await LetGoAsync([.. _taken.Keys]).ConfigureAwait(false);
        }
    }

    private bool MayGoOn(JobId job) => !_isCut && !isLeaseOver() && _taken.TryGetValue(job, out bool unchanged) && unchanged;

    private async Task<IReadOnlyList<CleanupCandidate>> TakeAsync(CleanupCandidate[] due)
    {
        Array.ForEach(due, candidate => _taken[candidate.Job.Id] = true);
        JobCommit[] takes = [.. due.Select(candidate => new JobCommit { Changes = [new JobChange(candidate.Job)], Lease = lease, TakesEnded = true })];
        IReadOnlyList<CommitResult> results = takes.Length == 0 ? [] : await store.CommitAsync(takes, CancellationToken.None).ConfigureAwait(false);
        if (results.Select(result => result.Refusal).OfType<LeaseLostException>().FirstOrDefault(lost => lost.JobId is null) is { } lost)
        {
            throw lost;
        }

        List<CleanupCandidate> taken = [];
        for (int i = 0; i < due.Length; i++)
        {
            if (results[i].IsWritten)
            {
                taken.Add(due[i]);
            }
            else
            {
                _taken.TryRemove(due[i].Job.Id, out _);
            }
        }

        return taken;
    }

    private async Task<bool> IsAsTakenAsync(Job job) =>
        MayGoOn(job.Id) && (await store.FindAsync([job.Id], CancellationToken.None).ConfigureAwait(false)) is [{ } now] && now.Version == job.Version && now.State == job.State;

    // Their files are gone: they are not looked at again, whatever could not be removed. A job that was changed meanwhile keeps its mark, or has lost it by its restart.
    private async Task<int> NoteAsync(List<Job> done)
    {
        DateTimeOffset now = time.GetUtcNow();
        Job[] held = [.. done.Where(job => _taken.ContainsKey(job.Id))];
        JobCommit[] notes = [.. held.Select(job => new JobCommit { Changes = [new JobChange(job).Edit(fields => fields with { IsCleanupPending = false }, now)], Lease = lease })];
        IReadOnlyList<CommitResult> results = notes.Length == 0 ? [] : await store.CommitAsync(notes, CancellationToken.None).ConfigureAwait(false);
        for (int i = 0; i < held.Length; i++)
        {
            if (results[i].IsWritten)
            {
                _taken.TryRemove(held[i].Id, out _);
            }
        }

        return results.Count(result => result.IsWritten);
    }

    private Task LetGoOfChangedAsync() => LetGoAsync([.. _taken.Where(taken => !taken.Value).Select(taken => taken.Key)]);

    private async Task LetGoAsync(JobId[] jobs)
    {
        if (jobs.Length == 0)
        {
            return;
        }

        Array.ForEach(jobs, job => _taken.TryRemove(job, out _));
        try
        {
            await store.ReleaseAsync(lease, jobs, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LeaseLostException)
        {
            // Then nobody holds them any more.
        }
    }

    [LoggerMessage(BalsamEventIds.CleanupFailed, LogLevel.Warning, "Finished jobs could not be cleaned up; tried again in {Interval}")]
    private static partial void LogFailed(ILogger log, TimeSpan interval, Exception exception);

    [LoggerMessage(BalsamEventIds.CleanedUp, LogLevel.Information, "{Jobs} finished jobs are cleaned up: {Files} files with {Bytes} bytes removed; {Waiting} jobs wait for others that may need their files")]
    private static partial void LogCleaned(ILogger log, int jobs, long files, long bytes, int waiting);

    [LoggerMessage(BalsamEventIds.FilesNotRemoved, LogLevel.Warning, "Job {JobId}: {Count} of its files could not be cleaned up, and are not tried again; the first: {Problem}")]
    private static partial void LogProblems(ILogger log, JobId jobId, int count, string problem);
}
