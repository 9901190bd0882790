using Balsam.Launch.Staging;
using Balsam.Storage;

namespace Balsam.Launch;

/// <content>Moving the files of jobs, into their workdirs before the first hook and out of them after the last: what is settled and recorded of each job.</content>
public sealed partial class Launcher
{
    // A claimed job with files to move is taken in; any other goes its way.
    private bool TryStage(Job job)
    {
        if (!_applications.TryGet(job.Application, out ApplicationDescriptor? application) || !StagedJob.IsNeeded(job, application))
        {
            return false;
        }

        _transfers.Add(job, application);
        return true;
    }

    // What has come since the last turn, one change a job: a job that waits for something else besides is settled again when that comes.
    private void SettleTransfers()
    {
        foreach (StagedJob staged in _transfers.TakeTouched())
        {
            if (!staged.IsDisowned)
            {
                Settle(staged);
            }
            else if (staged.Moving == 0)
            {
                LeaveStaging(staged);
            }
        }
    }

    private void Settle(StagedJob staged)
    {
        DateTimeOffset now = _time.GetUtcNow();
        var change = new JobChange(staged.Job) { Secrets = _secrets };
        TimeSpan? pause = staged.Pause;
        foreach (StagedResult result in staged.Results)
        {
            change.EditTransfer(result.Slot, item => Ended(item, result), now);
            if (result.Failure is not null)
            {
                pause = Longer(pause, RetryDelay(change.After.Transfers.Single(item => item.Slot == result.Slot).Attempts));
            }
        }

        TransferItem[] items = [.. change.After.Transfers.Where(item => item.Direction == staged.Direction)];
        FailureDetails? failure = items.FirstOrDefault(item => item.State == TransferState.Failed) is { } failed ? Describe(failed)
            : staged.LinkFailure is { } refusal ? FailureDetails.FromException(FailureKind.Transfer, refusal, $"The inputs from the job's parents could not be linked: {refusal.Message}")
            : null;
        if (failure is not null)
        {
            _transfers.DropWaiting(staged);
            change.Fail(JobTrigger.TransferFailed, now, failure);

            // As long as another item is under way the job is held: restarted, it must not meet that in its workdir.
            bool isHeld = staged.Moving > 0;
            Record(staged, change, keepLease: isHeld, () =>
            {
                staged.Job = change.After;
                Disown(staged);
                if (!isHeld)
                {
                    _transfers.Remove(staged);
                }
            });
            return;
        }

        bool goesOn = !IsStopping && !IsPaused;
        if (staged.Moving == 0 && (staged.Waiting == 0 || !goesOn))
        {
            EndLeg(staged, change, items, pause, goesOn, now);
        }
        else if (staged.Results.Count > 0)
        {
            Record(staged, change, keepLease: true, () => Keep(staged, change, pause));
        }
    }

    // Nothing of the job moves, and nothing more of it will.
    private void EndLeg(StagedJob staged, JobChange change, TransferItem[] items, TimeSpan? pause, bool goesOn, DateTimeOffset now)
    {
        bool hasArrived = items.All(item => item.State == TransferState.Done);
        if (hasArrived && staged.NeedsLinks && goesOn && pause is null)
        {
            if (staged.Results.Count > 0)
            {
                Record(staged, change, keepLease: true, () => Keep(staged, change, null));
            }

            _transfers.QueueLinks(staged);
            return;
        }

        if (hasArrived && !staged.NeedsLinks)
        {
            change.Apply(staged.Direction == TransferDirection.In ? JobTrigger.StagedIn : JobTrigger.StagedOut, now);
            Proceed(change, staged.Application, now);
        }
        else
        {
            foreach (TransferItem item in items.Where(item => item.State == TransferState.Active))
            {
                change.EditTransfer(item.Slot, left => left with { State = TransferState.Pending }, now);
            }

            if (pause is { } delay)
            {
                DateTimeOffset due = now + delay;
                change.Edit(fields => fields with { NotBefore = due }, now);
            }
        }

        if (change.After.Version == staged.Job.Version)
        {
            LeaveStaging(staged);
        }
        else
        {
            Record(staged, change, keepLease: false, () => _transfers.Remove(staged));
        }
    }

    private TransferItem Ended(TransferItem item, StagedResult result)
    {
        int attempts = item.Attempts + 1;
        if (result.Failure is not { } failure)
        {
            return item with { State = TransferState.Done, Attempts = attempts, Error = null, Files = result.Files, Bytes = result.Bytes };
        }

        bool isOver = !failure.IsTransient || attempts >= _transferOptions.MaxAttempts;
        return item with { State = isOver ? TransferState.Failed : TransferState.Pending, Attempts = attempts, Error = _secrets.Mask(failure.Message) };
    }

    private static FailureDetails Describe(TransferItem item)
    {
        string way = item.Direction == TransferDirection.In ? $"fetched from {item.Remote} to '{item.LocalPath}'" : $"taken from '{item.LocalPath}' to {item.Remote}";
        string tries = item.Attempts > 1 ? FormattableString.Invariant($" in {item.Attempts} tries") : "";
        return new FailureDetails { Kind = FailureKind.Transfer, Message = $"The slot '{item.Slot}' could not be {way}{tries}: {item.Error}" };
    }

    private TimeSpan RetryDelay(int attempts)
    {
        double delay = _transferOptions.RetryDelay.Ticks * Math.Pow(2, Math.Max(0, attempts - 1));
        return delay < _transferOptions.LongestRetryDelay.Ticks ? TimeSpan.FromTicks((long)delay) : _transferOptions.LongestRetryDelay;
    }

    private static TimeSpan Longer(TimeSpan? one, TimeSpan other) => one > other ? one.Value : other;

    private static void Keep(StagedJob staged, JobChange change, TimeSpan? pause)
    {
        staged.Job = change.After;
        staged.Pause = pause;
        staged.Results.Clear();
    }

    // Nothing more is recorded; the job is held until nothing of it moves. What moves for nobody else either is cancelled.
    private void Disown(StagedJob staged)
    {
        staged.IsDisowned = true;
        _linkFailures.Remove(staged.Job.Id);
        staged.Results.Clear();
        _transfers.DropWaiting(staged);
        _transfers.Touch(staged);
        foreach (TransferFlight flight in _transfers.Flights)
        {
            CancelIfForNobody(flight);
        }
    }

    private void LeaveStaging(StagedJob staged)
    {
        if (_transfers.Remove(staged))
        {
            Release(staged.Job.Id);
        }
    }

    private void NoticeStaged(StagedJob staged, Job? now)
    {
        if (now is null || now.State != staged.Job.State || now.Attempt != staged.Job.Attempt)
        {
            Disown(staged);
        }
        else
        {
            staged.Job = now;
        }
    }

    // A user may have edited the job meanwhile, or moved it; and after a failed write the same change may turn out to have been stored.
    private void Record(StagedJob staged, JobChange change, bool keepLease, Action stored, Action? calledOff = null)
    {
        staged.IsWriting = true;
        Stage(
            change,
            keepLease,
            stored: () =>
            {
                staged.IsWriting = false;
                stored();
            },
            refused: (latest, refusal) =>
            {
                staged.IsWriting = false;
                if (IsStored(change, latest))
                {
                    stored();
                    return;
                }

                calledOff?.Invoke();
                if (latest is null || refusal is LeaseLostException)
                {
                    Disown(staged);
                    _transfers.Remove(staged);
                }
                else
                {
                    NoticeStaged(staged, latest);
                    _transfers.Touch(staged);
                }
            });
    }

    // A version does not tell who wrote it: where the state is the same, the items do, which only this launcher changes.
    private static bool IsStored(JobChange change, Job? latest) =>
        latest is not null && latest.Version == change.After.Version && latest.State == change.After.State
        && (latest.State != change.Before.State || (latest.Transfers.SequenceEqual(change.After.Transfers) && !latest.Transfers.SequenceEqual(change.Before.Transfers)));
}
