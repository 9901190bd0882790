using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Balsam.Storage;

namespace Balsam;

/// <summary>Follows the store's events, and says now and then how far the jobs are.</summary>
internal sealed class ProgressTracker
{
    private const int EventPage = 1024;
    private const int MostListed = 5;
    private const int LongestReason = 200;
    private const int QuietIntervals = 10;

    private readonly IJobStore _store;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly IReadOnlyList<ILauncherInsight> _insights;
    private readonly TrackedJobs _jobs;
    private readonly DateTimeOffset _startedAt;
    private readonly EndRate _rate;
    private readonly Dictionary<(JobId Id, int Attempt), DateTimeOffset> _runningSince = [];
    private ImmutableArray<JobId> _failed = [];

    public ProgressTracker(IJobStore store, TimeProvider time, JobFilter filter, TimeSpan interval, IReadOnlyList<ILauncherInsight> insights)
    {
        _store = store;
        _time = time;
        _interval = interval;
        _insights = insights;
        _jobs = TrackedJobs.Of(filter, store);
        _startedAt = time.GetUtcNow().ToStoredInstant();
        _rate = new EndRate(_startedAt);
    }

    public async IAsyncEnumerable<CampaignProgress> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = await _store.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        await _jobs.LoadAsync(cancellationToken).ConfigureAwait(false);
        CampaignProgress progress = await LookAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            long told = _time.GetTimestamp();
            yield return progress;
            while (true)
            {
                if (await ComeAsync(after, cancellationToken).ConfigureAwait(false))
                {
                    if (_interval - _time.GetElapsedTime(told) is { Ticks: > 0 } rest)
                    {
                        await Task.Delay(rest, _time, cancellationToken).ConfigureAwait(false);
                    }

                    after = await FollowAsync(after, cancellationToken).ConfigureAwait(false);
                    progress = await LookAsync(cancellationToken).ConfigureAwait(false);
                    break;
                }

                await _jobs.LoadAsync(cancellationToken).ConfigureAwait(false);
                CampaignProgress now = await LookAsync(cancellationToken).ConfigureAwait(false);
                bool changed = now.ToString() != progress.ToString();
                progress = now;
                if (changed)
                {
                    break;
                }
            }
        }
    }

    /// <summary>Waits for events.</summary>
    /// <returns>Whether some came; false when all has been quiet for a while.</returns>
    private async Task<bool> ComeAsync(long after, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task events = _store.WaitForEventsAsync(after, enough.Token);
        Task quiet = Task.Delay(_interval * QuietIntervals, _time, enough.Token);
        Task first = await Task.WhenAny(events, quiet).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        await first.ConfigureAwait(false);
        return first == events;
    }

    private async Task<long> FollowAsync(long after, CancellationToken cancellationToken)
    {
        long last = await _store.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        while (after < last && await _store.ReadEventsAsync(after, EventPage, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (JobEvent step in await _jobs.ApplyAsync(page, cancellationToken).ConfigureAwait(false))
            {
                if (step.To.IsFinal() && step.Trigger is not (JobTrigger.ParentFailed or JobTrigger.Cancelled))
                {
                    _rate.Add(step.At);
                }

                if (step.To == JobState.Failed && step.Trigger != JobTrigger.ParentFailed)
                {
                    _failed = [step.JobId, .. _failed.Where(id => id != step.JobId).Take(MostListed - 1)];
                }
            }

            after = page[^1].Sequence;
        }

        // Numbers of deleted events do not come again.
        return Math.Max(after, last);
    }

    private async Task<CampaignProgress> LookAsync(CancellationToken cancellationToken)
    {
        JobCounts counts = await _jobs.CountAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = _time.GetUtcNow().ToStoredInstant();
        double rate = _rate.At(now);
        return new CampaignProgress
        {
            Counts = counts,
            Running = await RunningAsync(cancellationToken).ConfigureAwait(false),
            Rate = rate,
            TimeLeft = TimeLeft(counts.Total - counts[JobStates.Final], rate),
            LastFailures = await FailuresAsync(cancellationToken).ConfigureAwait(false),
            PausedBecause = _insights.Select(insight => insight.PausedBecause).FirstOrDefault(reason => reason is not null),
            StartedAt = _startedAt,
            UpdatedAt = now,
        };
    }

    private static TimeSpan? TimeLeft(long left, double rate)
    {
        double seconds = left == 0 ? 0 : left / rate;
        return seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private async Task<ImmutableArray<RunInProgress>> RunningAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Job> jobs = await _jobs.RunningAsync(MostListed, cancellationToken).ConfigureAwait(false);
        ImmutableArray<RunInProgress>.Builder running = ImmutableArray.CreateBuilder<RunInProgress>(jobs.Count);
        foreach (Job job in jobs.Where(job => job.State == JobState.Running))
        {
            running.Add(new RunInProgress(job.Id, job.Application, job.Workdir, await SinceAsync(job, cancellationToken).ConfigureAwait(false)));
        }

        foreach ((JobId Id, int Attempt) run in _runningSince.Keys.Except(jobs.Select(job => (job.Id, job.Attempt))).ToArray())
        {
            _runningSince.Remove(run);
        }

        return running.DrainToImmutable();
    }

    // An edit moves the last update of a job, so its history is asked, once a run.
    private async Task<DateTimeOffset> SinceAsync(Job job, CancellationToken cancellationToken)
    {
        if (!_runningSince.TryGetValue((job.Id, job.Attempt), out DateTimeOffset since))
        {
            IReadOnlyList<JobEvent> history = await _store.ReadHistoryAsync(job.Id, cancellationToken).ConfigureAwait(false);
            since = history.LastOrDefault(step => step.To == JobState.Running)?.At ?? job.LastUpdate;
            _runningSince.Add((job.Id, job.Attempt), since);
        }

        return since;
    }

    private async Task<ImmutableArray<RecentFailure>> FailuresAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Job> jobs = _failed.IsEmpty ? [] : await _store.FindAsync(_failed, cancellationToken).ConfigureAwait(false);
        return [.. jobs.Where(job => job.State == JobState.Failed).Select(job => new RecentFailure(job.Id, job.Application, job.Workdir, ReasonOf(job.Failure), job.LastUpdate))];
    }

    private static string ReasonOf(FailureDetails? failure)
    {
        string line = failure?.Message.Trim().ReplaceLineEndings("\n").Split('\n', 2)[0] ?? "";
        return line.Length <= LongestReason ? line : line[..(LongestReason - 1)] + "…";
    }
}
