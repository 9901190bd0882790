using Balsam.Launch.Lifecycle;
using Balsam.Launch.Staging;
using Balsam.Storage;

namespace Balsam.Launch;

/// <content>Moving the files of jobs: into their workdirs before the first hook, out of them after the last.</content>
public sealed partial class Launcher
{
    // Batches and links whose items are being written as ACTIVE: they begin once that is stored.
    private readonly List<TransferFlight> _boarding = [];

    private readonly Dictionary<JobId, int> _linkFailures = [];

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

    // Batches and links begin in the next write's wake, so that a crash leaves no item moving that is not known to.
    private void BeginTransfers()
    {
        int before = _boarding.Count;
        while (_transfers.TryBegin(out TransferFlight? flight))
        {
            _boarding.Add(flight);
        }

        DateTimeOffset now = _time.GetUtcNow();
        foreach (IGrouping<StagedJob, StagedItem> items in _boarding.Skip(before).SelectMany(flight => flight.Items.Values).GroupBy(item => item.Job))
        {
            StagedJob staged = items.Key;
            var change = new JobChange(staged.Job);
            foreach (StagedItem item in items)
            {
                change.EditTransfer(item.Slot, each => each with { State = TransferState.Active }, now);
            }

            Record(staged, change, keepLease: true, () => staged.Job = change.After, () => CallOff(staged));
        }
    }

    // What the write has refused stays behind.
    private void DepartTransfers()
    {
        if (_boarding.Count == 0)
        {
            return;
        }

        TransferFlight[] boarded = [.. _boarding];
        _boarding.Clear();
        if (IsLeaseOver)
        {
            // The launcher was held up since it wrote ACTIVE: by now another may have the jobs.
            _trouble ??= new LeaseLostException(Lease.Session, $"it was not renewed for {_options.LeaseDuration}");
        }

        foreach (TransferFlight flight in boarded.Where(_transfers.Flights.Contains))
        {
            if (IsStopping || _trouble is not null || flight.IsForNobody)
            {
                TakeBack(flight);
                continue;
            }

            if (flight.Route is { } route)
            {
                LogTransfersBegun(_log, flight.Items.Count, flight.Direction, route.Endpoint.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));
            }

            StagedItem[] items = [.. flight.Items.Values];
            CancellationToken stop = flight.Stop.Token;
            RunApart((flight.Linked ?? items[0].Job).Job, "transfer", () => FlyAsync(flight, items, stop));
        }
    }

    private async Task FlyAsync(TransferFlight flight, StagedItem[] items, CancellationToken stop)
    {
        Exception? trouble = null;
        try
        {
            await (flight.Linked is { } linked ? LinkAsync(linked, stop) : MoveAsync(flight, items, stop)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            trouble = exception;
        }

        Post(() => Land(flight, trouble));
    }

    private async Task LinkAsync(StagedJob staged, CancellationToken stop)
    {
        await _parentInputs.LinkAsync(staged.Job, staged.Application.InputsFromParents, stop).ConfigureAwait(false);
        Post(() => staged.IsLinked = true);
    }

    private async Task MoveAsync(TransferFlight flight, StagedItem[] items, CancellationToken stop)
    {
        List<IFileTree> trees = [];
        try
        {
            List<TransferTask> tasks = [];
            foreach (IGrouping<StagedJob, StagedItem> own in items.GroupBy(item => item.Job))
            {
                Job job = own.Key.Job;
                try
                {
                    IFileTree tree = _directory.Tree(job.Workdir);
                    trees.Add(tree);
                    tasks.AddRange(own.Select(item => new TransferTask(job.Id, job.Transfers.Single(each => each.Slot == item.Slot), item.Route.RemotePath, tree)));
                }
                catch (Exception exception) when (exception is TransferException or WorkdirException or IOException)
                {
                    // One job's workdir is nothing to the others.
                    TransferException failure = exception as TransferException ?? new TransferException(exception.Message, isTransient: exception is IOException, exception);
                    Array.ForEach(own.ToArray(), item => Post(() => Arrive(flight, job.Id, new StagedResult(item.Slot, failure, 0, 0))));
                }
            }

            if (tasks.Count == 0)
            {
                return;
            }

            await foreach (TransferResult result in flight.Route!.Provider.MoveAsync(new TransferBatch(flight.Route.Endpoint, flight.Direction, tasks), stop).ConfigureAwait(false))
            {
                if (result?.Task?.Item is { } item)
                {
                    Post(() => Arrive(flight, result.Task.JobId, new StagedResult(item.Slot, result.Failure, result.Files, result.Bytes)));
                }
            }
        }
        finally
        {
            foreach (IFileTree tree in trees)
            {
                await tree.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private void Arrive(TransferFlight flight, JobId id, StagedResult result)
    {
        if (_transfers.Flights.Contains(flight) && flight.Items.Remove((id, result.Slot), out StagedItem? item))
        {
            End(item, result);
            if (flight.Items.Count > 0)
            {
                CancelIfForNobody(flight);
            }
        }
    }

    // What the provider did not tell of failed, unless it was cancelled: then it was not tried.
    private void Land(TransferFlight flight, Exception? trouble)
    {
        if (!_transfers.Land(flight))
        {
            return;
        }

        _mayClaim = true;
        bool isCancelled = flight.Stop.IsCancellationRequested;
        if (flight.Linked is { } linked)
        {
            EndLinks(linked, isCancelled ? null : trouble);
        }

        foreach (StagedItem item in flight.Items.Values)
        {
            End(item, isCancelled ? null : new StagedResult(item.Slot, WhyMissing(item, trouble), 0, 0));
        }

        flight.Items.Clear();
        flight.Stop.Dispose();
    }

    // No item keeps how often links were tried: a launcher counts for itself.
    private void EndLinks(StagedJob staged, Exception? trouble)
    {
        staged.Moving--;
        _transfers.Touch(staged);
        if (trouble is null)
        {
            _linkFailures.Remove(staged.Job.Id);
            return;
        }

        bool isTransient = trouble is TransferException { IsTransient: true } or StoreException { Kind: StoreErrorKind.Unavailable };
        int failures = _linkFailures.GetValueOrDefault(staged.Job.Id) + 1;
        if (isTransient && failures < _transferOptions.MaxAttempts)
        {
            _linkFailures[staged.Job.Id] = failures;
            staged.Pause = Longer(staged.Pause, RetryDelay(failures));
        }
        else
        {
            _linkFailures.Remove(staged.Job.Id);
            staged.LinkFailure = trouble;
        }

        LogLinksFailed(_log, staged.Job.Id, staged.LinkFailure is null ? "for now" : "for good", _secrets.Mask(trouble.Message));
    }

    private static TransferException WhyMissing(StagedItem item, Exception? trouble) => trouble switch
    {
        TransferException failure => failure,
        null => new TransferException($"The provider of '{item.Route.Endpoint.Scheme}' ended without a word about it. Report it to whoever wrote the provider.", isTransient: false),
        _ => new TransferException($"The provider of '{item.Route.Endpoint.Scheme}' threw {trouble.GetType().Name}: {trouble.Message}", isTransient: false, trouble),
    };

    private void End(StagedItem item, StagedResult? result)
    {
        item.Job.Moving--;
        if (result is { } told && !item.Job.IsDisowned)
        {
            item.Job.Results.Add(told);
            if (told.Failure is { } failure)
            {
                LogTransferFailed(_log, item.Job.Job.Id, item.Slot, failure.IsTransient ? "for now" : "for good", _secrets.Mask(failure.Message));
            }
        }

        _transfers.Touch(item.Job);
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

    private static void CancelIfForNobody(TransferFlight flight)
    {
        if (flight.IsForNobody)
        {
            _ = flight.Stop.CancelAsync();
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

    // Its items are not ACTIVE: they wait for another batch.
    private void CallOff(StagedJob staged)
    {
        foreach (TransferFlight flight in _boarding)
        {
            foreach (StagedItem item in flight.Items.Values.Where(item => item.Job == staged).ToArray())
            {
                flight.Items.Remove((staged.Job.Id, item.Slot));
                staged.Moving--;
                _transfers.Queue(item);
            }
        }
    }

    private void CancelTransfers()
    {
        foreach (TransferFlight flight in _transfers.Flights)
        {
            _ = flight.Stop.CancelAsync();
        }
    }

    // A provider that does not heed its cancellation may go on: a file appears under its name only when it is whole.
    private void AbandonTransfers()
    {
        foreach (TransferFlight flight in _transfers.Flights.ToArray())
        {
            LogTransfersAbandoned(_log, flight.Items.Count + (flight.Linked is null ? 0 : 1));
            TakeBack(flight);
        }
    }

    private void ForgetTransfers()
    {
        foreach (TransferFlight flight in _boarding)
        {
            TakeBack(flight);
        }

        _boarding.Clear();
    }

    private void TakeBack(TransferFlight flight)
    {
        _ = flight.Stop.CancelAsync();
        Land(flight, null);
    }
}
