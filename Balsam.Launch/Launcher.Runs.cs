using System.Globalization;
using System.Text;
using Balsam.Launch.Lifecycle;
using Balsam.Launch.Packing;
using Balsam.Launch.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Launch;

/// <content>Packing, starting and ending runs.</content>
public sealed partial class Launcher
{
    // Whether a job came, or one that ran or waited went, since the packer was asked last.
    private bool _mayPack;

    private JobData _startData = JobData.Empty;

    private TimeSpan? RemainingWallTime => _options.WallTime - _time.GetElapsedTime(_startedAt);

    // What runs is expected to end by this clock: when somebody sets the machine's, the packer's reservations stay where they are.
    private DateTimeOffset SteadyNow => _startedOn + _time.GetElapsedTime(_startedAt);

    private void Pack()
    {
        // Against a wall time, time alone changes what can be placed.
        if (_backlog.Count == 0 || !(_mayPack || _options.WallTime is not null))
        {
            return;
        }

        _mayPack = false;
        DateTimeOffset now = _time.GetUtcNow();
        PackingPlan plan = _policy.Pack(_inventory!, HoldSuspectsBack(_backlog.ToCandidates()), SteadyNow, RemainingWallTime);
        foreach (PlacedCandidate placed in plan.Placed)
        {
            _backlog.TryRemove(new JobId(placed.Candidate.Id), out Job? job);
            PrepareStart(job!, placed.Allocation, now);
        }

        foreach (WaitingCandidate waiting in plan.Waiting.Where(waiting => waiting.Obstacle.IsPermanent))
        {
            _backlog.TryRemove(new JobId(waiting.Candidate.Id), out Job? job);
            FailStart(job!, now, FailureKind.Impossible, waiting.Obstacle.Sentence);
        }

        _insight.Show(plan.Waiting);
    }

    // RUNNING is stored before anything starts: after a crash, what may have run is known.
    private void PrepareStart(Job job, Allocation allocation, DateTimeOffset now)
    {
        _applications.TryGet(job.Application, out ApplicationDescriptor? application);
        var run = new ActiveRun(job, application!, allocation);
        RunRequest? request = null;
        try
        {
            if (!application!.IsFunction)
            {
                request = MakeRequest(run);
                if (_runner.WhyCannotStart(request) is { } reason)
                {
                    GiveBack(allocation);
                    FailStart(job, now, FailureKind.StartFailed, reason);
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            GiveBack(allocation);
            FailStart(job, now, FailureKind.StartFailed, exception.Message);
            return;
        }

        var change = new JobChange(job) { Secrets = _secrets };
        Proceed(change, application, now);
        change.Apply(JobTrigger.Started, now, data: Describe(job, run.Placement));
        _runs.Add(job.Id, run);
        Stage(change, keepLease: true, stored: () => Start(run, change.After, request), refused: (latest, _) =>
        {
            // After a failed write the same change may turn out to have been stored.
            if (latest is { State: JobState.Running } && latest.Version == change.After.Version)
            {
                Start(run, latest, request);
                return;
            }

            Drop(run);
            Release(job.Id);
        });
    }

    private void FailStart(Job job, DateTimeOffset now, FailureKind kind, string reason)
    {
        var change = new JobChange(job) { Secrets = _secrets };
        if (_applications.TryGet(job.Application, out ApplicationDescriptor? application))
        {
            Proceed(change, application, now);
        }

        change.Fail(JobTrigger.StartFailed, now, new FailureDetails { Kind = kind, Message = reason });
        Stage(change, keepLease: false, stored: () => { }, refused: (_, _) => Release(job.Id));
    }

    private RunRequest MakeRequest(ActiveRun run)
    {
        Job job = run.Job;
        string command = run.Application.Command!.Render(job.Parameters);
        (string fileName, IReadOnlyList<string> arguments) = CommandLine.For(command, run.Application.Preamble);
        return new RunRequest
        {
            RunId = job.Id.Value,
            FileName = fileName,
            Arguments = arguments,
            Workdir = _directory.Resolve(job.Workdir),
            Root = _directory.Bounds,
            Access = _directory.Access,
            Environment = _environment!.For(job, run.Application, run.Placement),
            CpuAffinity = (_options.BindCores ?? _nodeSource.AreDetected) ? run.Placement.Shares[0].CoreIds : null,
            Attempt = job.Attempt + 1,
            Mark = _environment.MarkOf(job),
        };
    }

    private void Start(ActiveRun run, Job started, RunRequest? request)
    {
        run.Job = started;
        JobId id = started.Id;
        if (IsLeaseOver)
        {
            // The launcher was held up since it wrote RUNNING: by now another may run the job.
            Drop(run);
            _trouble ??= new LeaseLostException(Lease.Session, $"it was not renewed for {_options.LeaseDuration}");
            return;
        }

        if (IsStopping)
        {
            // The stop came while RUNNING was being stored.
            run.EndedFor ??= StoppedRun();
            Finish(run, new RunOutcome(null, null));
            return;
        }

        run.IsStarted = true;
        if (started.Resources.TimeLimit is { } limit)
        {
            run.TimeLimit = PostAfter(limit, () => EndFor(id, run, FailureKind.TimeLimit, FormattableString.Invariant($"The run exceeded its time limit of {limit}.")), urgently: true);
        }

        if (request is null)
        {
            run.FunctionStop = new CancellationTokenSource();
            CancellationToken stop = run.FunctionStop.Token;
            RunApart(started, "Run", () => RunFunctionAsync(run, started, stop));
        }
        else
        {
            _runner.Start(request, exit => Report(run, exit, request));
        }
    }

    // On the runner's thread. A failure's last lines are read elsewhere, so that nobody waits for the disk.
    private void Report(ActiveRun run, RunExit exit, RunRequest request)
    {
        if (exit.Succeeded)
        {
            Post(() => Finish(run, new RunOutcome(null, 0)));
            return;
        }

        if (exit.Kind == RunExitKind.Lost)
        {
            Post(() =>
            {
                run.EndedFor ??= new FailureDetails { Kind = FailureKind.LauncherLost, Message = exit.Describe() };
                Finish(run, new RunOutcome(null, null));
            });
            return;
        }

        string workdir = run.Job.Workdir;
        RunApart(run.Job, "end", () =>
        {
            FailureKind kind = exit.Kind switch
            {
                RunExitKind.Exited => FailureKind.ExitCode,
                RunExitKind.Signaled => FailureKind.Signal,
                _ => FailureKind.StartFailed,
            };
            var failure = new FailureDetails
            {
                Kind = kind,
                Message = exit.Describe(),
                ExitCode = exit.Kind == RunExitKind.Exited ? exit.Code : null,
                Signal = exit.Kind == RunExitKind.Signaled ? exit.Code : null,
                LastLines = kind == FailureKind.StartFailed ? [] : [.. Tail.Read(() => _directory.OpenFile(workdir, request.OutputPath), _options.ErrorTailLines)],
            };
            Post(() => Finish(run, new RunOutcome(failure, failure.ExitCode)));
            return Task.CompletedTask;
        });
    }

    // The application's code, its constructor included, never runs on the launcher's own turn. Whatever it throws is told.
    private async Task RunFunctionAsync(ActiveRun run, Job job, CancellationToken stop)
    {
        string workdir = _directory.Resolve(job.Workdir);
        using var log = new WorkdirLog(_directory, job.Workdir, $"#BALSAM Running function for Job {job.Id}", _secrets, _time);
        var context = new RunContext(job, workdir, run.Placement, log)
        {
            WorkdirMaker = _ => _directory.Create(job.Workdir), ReadParents = token => _desk.ReadParentsAsync(job, token), ReadChildren = token => _desk.ReadChildrenAsync(job, token),
        };
        RunOutcome outcome;
        try
        {
            AsyncServiceScope scope = _scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                var instance = (ApplicationDefinition)scope.ServiceProvider.GetRequiredService(run.Application.Type);
                string result = await instance.CallRun(context, stop).ConfigureAwait(false);
                outcome = _secrets.WhyLeaks("the function's result", result) is { } leak
                    ? new RunOutcome(new FailureDetails { Kind = FailureKind.Exception, Message = leak }, null)
                    : result.Length > SubmissionLimits.ResultLength
                    ? new RunOutcome(new FailureDetails { Kind = FailureKind.Exception, Message = Oversized(result.Length) }, null)
                    : new RunOutcome(null, null, result, await _desk.CollectAsync(context, failsJob: false, stop).ConfigureAwait(false));
            }
        }
        catch (BalsamException refusal) when (refusal is not StoreException)
        {
            outcome = new RunOutcome(ContextDesk.Describe(FailureKind.Exception, refusal), null);
        }
        catch (Exception exception)
        {
            outcome = new RunOutcome(FailureDetails.FromException(FailureKind.Exception, exception), null);
        }

        Post(() => Finish(run, outcome));
    }

    private static string Oversized(int length) => string.Create(
        CultureInfo.InvariantCulture,
        $"The function's result is {length} characters of JSON, {SubmissionLimits.ResultLength} are allowed. Write large results to a file in the workdir and return its name.");

    private void Finish(ActiveRun run, RunOutcome outcome)
    {
        if (!Drop(run) && !run.IsRetried)
        {
            return;
        }

        _mayClaim = true;
        if (run.IsDisowned)
        {
            Release(run.Job.Id);
            return;
        }

        Job job = run.Job;
        DateTimeOffset now = _time.GetUtcNow();
        var change = new JobChange(job) { Secrets = _secrets };
        if (run.EndedFor is { } ended)
        {
            change.Fail(JobTrigger.RunTimedOut, now, ended with { ExitCode = outcome.ReturnCode, Signal = outcome.Failure?.Signal, LastLines = outcome.Failure?.LastLines ?? [] });
        }
        else if (outcome.Failure is { } failure)
        {
            change.Fail(JobTrigger.RunFailed, now, failure);
        }
        else
        {
            change.Apply(JobTrigger.RunSucceeded, now);
        }

        if (outcome.ReturnCode is not null || outcome.Result is not null)
        {
            change.Edit(fields => fields with { ReturnCode = outcome.ReturnCode, Result = outcome.Result }, now);
        }

        outcome.Changes?.Edit(change, now);
        bool succeeded = change.After.State == JobState.RunDone;
        Proceed(change, run.Application, now);
        bool needsHook = !IsStopping && run.Application.HookedStates.Contains(change.After.State);
        Stage(
            change,
            keepLease: needsHook,
            submitted: succeeded ? outcome.Changes : null,
            stored: () =>
            {
                if (needsHook)
                {
                    Process(change.After);
                }
            },
            refused: (latest, refusal) =>
            {
                if (latest is { State: JobState.Running } && latest.Attempt == job.Attempt)
                {
                    run.Job = latest;
                    run.IsRetried = true;
                    Finish(run, outcome.Changes?.AreRefusedBy(refusal) == true ? new RunOutcome(ContextDesk.Describe(FailureKind.Exception, refusal), null) : outcome);
                }
                else
                {
                    Release(job.Id);
                }
            });
    }

    private bool Drop(ActiveRun run)
    {
        if (!_runs.TryGetValue(run.Job.Id, out ActiveRun? current) || !ReferenceEquals(current, run))
        {
            return false;
        }

        _runs.Remove(run.Job.Id);
        _suspects.Remove(run.Job.Id);
        GiveBack(run.Allocation);
        run.Dispose();
        return true;
    }

    private void GiveBack(Allocation allocation)
    {
        _inventory!.Release(allocation);
        _mayPack = true;
    }

    private void EndFor(JobId id, ActiveRun run, FailureKind kind, string message)
    {
        if (_runs.TryGetValue(id, out ActiveRun? current) && ReferenceEquals(current, run))
        {
            End(run, new FailureDetails { Kind = kind, Message = message });
        }
    }

    // SIGTERM to the tree, or cancellation to the function; SIGKILL after the grace time. A function cannot be killed.
    private void End(ActiveRun run, FailureDetails why)
    {
        if (run.EndedFor is not null)
        {
            return;
        }

        run.EndedFor = why;
        if (!IsEnding)
        {
            run.KillTimer = PostAfter(_options.KillGrace, () => Kill(run), urgently: true);
        }

        if (run.FunctionStop is { } function)
        {
            Cancel(run.Job, function);
        }
        else
        {
            _runner.Signal(run.Job.Id.Value, RunSignal.Terminate);
        }
    }

    // A function that does not heed its token keeps its place, so that it never runs twice at a time; only the launcher's own end does not wait for it.
    private void Kill(ActiveRun run)
    {
        if (!run.IsStarted || !_runs.TryGetValue(run.Job.Id, out ActiveRun? current) || !ReferenceEquals(current, run))
        {
            return;
        }

        if (!run.Application.IsFunction)
        {
            _runner.Signal(run.Job.Id.Value, RunSignal.Kill);
        }
        else if (!IsEnding)
        {
            run.IsOverdue = true;
        }
        else
        {
            LogAbandoned(_log, run.Job.Id);
            Finish(run, new RunOutcome(null, null));
        }
    }

    // As a rule it is what the start before was given, and need not be parsed again.
    private JobData Describe(Job job, Placement placement)
    {
        StringBuilder json = StartData.Write(job, placement);
        if (!json.Equals(_startData.Json.AsSpan()))
        {
            _startData = JobData.Parse(json.ToString());
        }

        return _startData;
    }
}
