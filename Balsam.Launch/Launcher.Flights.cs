using Balsam.Launch.Lifecycle;
using Balsam.Launch.Staging;
using Balsam.Storage;

namespace Balsam.Launch;

/// <content>Batches of transfers, and links: they begin, move apart from the loop, land, and are called off.</content>
public sealed partial class Launcher
{
    // Batches and links whose items are being written as ACTIVE: they begin once that is stored.
    private readonly List<TransferFlight> _boarding = [];

    private readonly Dictionary<JobId, int> _linkFailures = [];

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

    private static void CancelIfForNobody(TransferFlight flight)
    {
        if (flight.IsForNobody)
        {
            _ = flight.Stop.CancelAsync();
        }
    }

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
