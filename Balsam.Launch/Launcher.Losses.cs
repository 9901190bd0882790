using System.Diagnostics.CodeAnalysis;
using Balsam.Launch.Lifecycle;
using Balsam.Launch.Packing;
using Balsam.Launch.Running;
using Balsam.Storage;

namespace Balsam.Launch;

/// <content>What lost launchers leave behind: processes that nobody watches, and jobs that may have brought them down.</content>
public sealed partial class Launcher
{
    // Jobs with an attempt that lost its launcher before a search for what is left of it.
    private readonly HashSet<(JobId Job, int Attempt)> _searchedFor = [];

    // Jobs whose next loss is one too many.
    private readonly HashSet<JobId> _suspects = [];

    private HookLedger? _ledger;

    private string Marker => $"{_site}:{_directory.Root}:{_store.Description}";

    /// <summary>Ends every process of this site's launchers that are no more, and remembers that the runs of these jobs are over.</summary>
    private async Task EndLeftoversAsync(IEnumerable<Job> lost, CancellationToken cancellationToken)
    {
        IReadOnlyList<LauncherRecord> known = await _store.ListLaunchersAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<LauncherSession> alive = await _store.ListSessionsAsync(cancellationToken).ConfigureAwait(false);
        OrphanMarks marks = LauncherMarks.OfTheDead(Marker, _site, known, alive);
        IReadOnlyList<Orphan> orphans = await Task.Run(() => Orphans.FindAndKill(marks), cancellationToken).ConfigureAwait(false);
        if (orphans.Count > 0)
        {
            LogOrphans(_log, orphans.Count, _secrets.Mask(string.Join(", ", orphans.Select(orphan => orphan.ToString()))));
        }

        foreach (Job job in lost)
        {
            _searchedFor.Add((job.Id, job.Attempt));
        }
    }

    // Another launcher of this store may have been given up since this one was opened, and its processes may still be there: the recovery of its jobs, by whomever, ended none of them.
    private async Task EndLeftoversOfAsync(IReadOnlyList<Job> claimed)
    {
        Job[] lost = [.. claimed.Where(job => MayHaveLeftovers(job) && !_searchedFor.Contains((job.Id, job.Attempt)))];
        if (lost.Length > 0)
        {
            await EndLeftoversAsync(lost, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // The launcher was lost; or the job was cancelled while it ran, and restarted: then nothing tells how the run ended.
    private bool MayHaveLeftovers(Job job) =>
        job.Attempt > 0 && (job.Failure?.Kind == FailureKind.LauncherLost || (job.Failure is null && job.ReturnCode is null))
        && _applications.TryGet(job.Application, out ApplicationDescriptor? application) && !application.IsFunction;

    private async Task<int> CountLossesAsync(Job job) => job.Failure?.Kind == FailureKind.LauncherLost
        ? LauncherLosses.Count(await _store.ReadHistoryAsync(job.Id, CancellationToken.None).ConfigureAwait(false))
        : 0;

    // What ran beside the culprit each time has lost as many launchers.
    private async Task NoteSuspectAsync(Job job)
    {
        if (_options.CrashLimit is { } limit && job.Failure?.Kind == FailureKind.LauncherLost && await CountLossesAsync(job).ConfigureAwait(false) >= limit)
        {
            _suspects.Add(job.Id);
        }
        else
        {
            _suspects.Remove(job.Id);
        }
    }

    /// <summary>Holds suspects back while another runs: one at a time, so that none fails for what another does.</summary>
    private PackingCandidate[] HoldSuspectsBack(PackingCandidate[] candidates)
    {
        if (_suspects.Count == 0)
        {
            return candidates;
        }

        JobId? first = _runs.Keys.Where(_suspects.Contains).Select(id => (JobId?)id).FirstOrDefault();
        List<PackingCandidate> offered = new(candidates.Length);
        List<JobId> held = [];
        foreach (PackingCandidate candidate in candidates)
        {
            var id = new JobId(candidate.Id);
            if (!_suspects.Contains(id))
            {
                offered.Add(candidate);
            }
            else if (first is null)
            {
                first = id;
                offered.Add(candidate);
            }
            else
            {
                held.Add(id);
            }
        }

        _insight.ShowHeldBack(held, held.Count == 0 ? null : first);
        return [.. offered];
    }

    /// <summary>Fails a job that has lost its launcher too often.</summary>
    /// <returns>Whether the job is given up.</returns>
    private async Task<bool> GiveUpAsync(Job job)
    {
        if (_options.CrashLimit is not { } limit || job.State != JobState.RunTimeout)
        {
            return false;
        }

        int losses = await CountLossesAsync(job).ConfigureAwait(false);
        if (losses <= limit)
        {
            return false;
        }

        var change = new JobChange(job);
        change.Fail(JobTrigger.HookFailed, _time.GetUtcNow(), new FailureDetails
        {
            Kind = FailureKind.CrashLimit,
            Message = FormattableString.Invariant(
                $"The job lost its launcher {losses} times in a row while it ran; LauncherOptions.CrashLimit allows {limit}. Look for what it does to its launcher or its machine, then restart it."),
            Inner = job.Failure,
        });
        LogGivenUp(_log, job.Id, losses, limit);
        Stage(change, keepLease: false, stored: () => { }, refused: (_, _) => Release(job.Id));
        return true;
    }

    private async Task OpenLedgerAsync(CancellationToken cancellationToken)
    {
        _ledger?.Dispose();
        IReadOnlyList<LauncherSession> alive = await _store.ListSessionsAsync(cancellationToken).ConfigureAwait(false);
        _ledger = HookLedger.Open(_directory.Root, Lease.Session, alive.Select(session => session.Token.Session));
        IReadOnlyCollection<HookCall> lost = _ledger.Lost;
        if (lost.Count > 0)
        {
            IReadOnlyList<Job> jobs = await _store.FindAsync([.. lost.Select(call => call.Job).Distinct()], cancellationToken).ConfigureAwait(false);
            _ledger.Forget(lost.Except(jobs.Select(HookCall.Of)));
        }
    }

    // As with runs: of the hooks whose next loss fails their job, one is called at a time.
    private bool TryNextHook([NotNullWhen(true)] out Job? job)
    {
        bool isTaken = _activeHooks.Values.Any(hook => IsSuspect(hook.Job));
        for (int left = _hookQueue.Count; left > 0; left--)
        {
            job = _hookQueue.Dequeue();
            if (!isTaken || !IsSuspect(job))
            {
                return true;
            }

            _hookQueue.Enqueue(job);
        }

        job = null;
        return false;

        bool IsSuspect(Job hooked) => _ledger!.LossesOf(HookCall.Of(hooked)) is > 0 and var losses && losses == _options.CrashLimit;
    }

    private void FailHook(Job job, HookCall call)
    {
        int losses = _ledger!.LossesOf(call);
        var change = new JobChange(job);
        change.Fail(JobTrigger.HookFailed, _time.GetUtcNow(), new FailureDetails
        {
            Kind = FailureKind.CrashLimit,
            Message = FormattableString.Invariant(
                $"The job lost its launcher {losses} times in a row while {HookRunner.NameOf(job.State)} was called; LauncherOptions.CrashLimit allows {_options.CrashLimit}. Mend the hook, then restart the job."),
            Inner = job.Failure,
        });
        LogGivenUp(_log, job.Id, losses, _options.CrashLimit ?? 0);
        Stage(change, keepLease: false, stored: () => _ledger.End(call), refused: (_, _) => Release(job.Id));
    }
}
