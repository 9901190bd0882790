using Balsam.Launch.Lifecycle;

namespace Balsam.Launch;

/// <content>The way of a job between its runs: hooks, and the steps that need none.</content>
public sealed partial class Launcher
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(3650);

    // A job that was claimed, or has just run: its hook is called, or, where there is none, the default decides in the same write.
    private void Process(Job job)
    {
        if (_applications.TryGet(job.Application, out ApplicationDescriptor? application) && application.HookedStates.Contains(job.State))
        {
            _hookQueue.Enqueue(job);
            StartHooks();
            return;
        }

        var change = new JobChange(job) { Secrets = _secrets };
        Proceed(change, application!, _time.GetUtcNow());
        Stage(change, keepLease: false, stored: () => { }, refused: (_, _) => Release(job.Id));
    }

    private void StartHooks()
    {
        while (!IsStopping && _activeHooks.Count < _options.HookConcurrency && TryNextHook(out Job? job))
        {
            if (!_applications.TryGet(job.Application, out ApplicationDescriptor? application))
            {
                Release(job.Id);
                continue;
            }

            HookCall call = HookCall.Of(job);
            if (_ledger!.LossesOf(call) > (_options.CrashLimit ?? int.MaxValue))
            {
                FailHook(job, call);
                continue;
            }

            _ledger.Begin(call);
            var hook = new ActiveHook(job, new CancellationTokenSource());
            _activeHooks.Add(job.Id, hook);
            CancellationToken stop = hook.Stop.Token;
            RunApart(job, HookRunner.NameOf(job.State), () => CallHookAsync(hook, application, stop));
        }
    }

    private async Task CallHookAsync(ActiveHook hook, ApplicationDescriptor application, CancellationToken stop)
    {
        HookResult result;
        try
        {
            result = await _hooks.RunAsync(hook.Job, application, stop).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            result = new HookResult(null, FailureDetails.FromException(FailureKind.HookException, exception));
        }

        Post(() =>
        {
            _mayClaim = true;
            FinishHook(hook, hook.Job, application, result);
        });
    }

    private void FinishHook(ActiveHook hook, Job job, ApplicationDescriptor application, HookResult result)
    {
        if (!IsActive(hook))
        {
            return;
        }

        if (result is { Outcome: null, Failure: null })
        {
            Forget();
            return;
        }

        DateTimeOffset now = _time.GetUtcNow();
        var change = new JobChange(job) { Secrets = _secrets };
        result.Changes?.Edit(change, now);
        if (result.Failure is { } failure)
        {
            change.Fail(JobTrigger.HookFailed, now, failure);
        }
        else
        {
            Apply(change, result.Outcome!, now);
            Proceed(change, application, now);
        }

        // The hook counts as active until its outcome is stored, so that the launcher does not stop in between.
        Stage(change, keepLease: false, submitted: result.Changes, stored: () => EndHook(hook), refused: (latest, refusal) =>
        {
            if (latest is null || latest.State != job.State || latest.Attempt != job.Attempt)
            {
                Forget();
            }
            else if (result.Changes?.AreRefusedBy(refusal) == true)
            {
                FinishHook(hook, latest, application, new HookResult(null, ContextDesk.Describe(FailureKind.HookException, refusal, HookRunner.NameOf(job.State))));
            }
            else
            {
                // A user has edited the job meanwhile: the hook's outcome still stands where the job is where it was.
                FinishHook(hook, latest, application, result);
            }
        });

        void Forget()
        {
            EndHook(hook);
            Release(job.Id);
        }
    }

    // A hook that was abandoned may come back late, when its job has another one.
    private bool IsActive(ActiveHook hook) => _activeHooks.TryGetValue(hook.Job.Id, out ActiveHook? current) && ReferenceEquals(current, hook);

    private void EndHook(ActiveHook hook)
    {
        if (IsActive(hook))
        {
            _activeHooks.Remove(hook.Job.Id);
            hook.Stop.Dispose();
            _ledger!.End(HookCall.Of(hook.Job));
            StartHooks();
        }
    }

    internal static void Apply(JobChange change, HookOutcome outcome, DateTimeOffset now)
    {
        if (outcome.Trigger == JobTrigger.HookFailed)
        {
            FailureDetails? run = change.After.State is JobState.RunError or JobState.RunTimeout ? change.After.Failure : null;
            change.Fail(JobTrigger.HookFailed, now, run is not null && run.Message == outcome.Reason
                ? run
                : new FailureDetails { Kind = FailureKind.HookDecision, Message = outcome.Reason!, Inner = run });
            return;
        }

        change.Apply(outcome.Trigger, now, outcome.Reason);
        if (outcome.Delay is { } delay && delay > TimeSpan.Zero)
        {
            DateTimeOffset due = now + (delay < LongestDelay ? delay : LongestDelay);
            change.Edit(fields => fields with { NotBefore = due.ToStoredInstant() }, now);
        }
    }

    // Takes a job as far as it goes without a hook of its own, a transfer or a run.
    private static void Proceed(JobChange change, ApplicationDescriptor application, DateTimeOffset now)
    {
        while (true)
        {
            JobState state = change.After.State;
            JobTrigger? passing = state switch
            {
                JobState.Ready => JobTrigger.StagedIn,
                JobState.Postprocessed => JobTrigger.StagedOut,
                JobState.StagedOut => JobTrigger.Finished,
                _ => null,
            };
            if (passing is { } trigger)
            {
                change.Apply(trigger, now);
            }
            else if (state is JobState.StagedIn or JobState.RunDone or JobState.RunError or JobState.RunTimeout && !application.HookedStates.Contains(state))
            {
                Apply(change, HookRunner.Default(change.After, application), now);
            }
            else
            {
                return;
            }
        }
    }

    private void Stage(JobChange change, bool keepLease, Action stored, Action<Job?, BalsamException> refused, ContextChanges? submitted = null) =>
        _commits.Add(new StagedCommit(change, keepLease, stored, refused) { Submitted = submitted });
}
