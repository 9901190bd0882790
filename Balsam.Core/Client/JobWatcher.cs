using System.Threading.Channels;
using Balsam.Storage;

namespace Balsam;

/// <summary>Reads the store's events once for everybody who waits for jobs to end. It runs only while somebody does.</summary>
internal sealed class JobWatcher(IJobStore store)
{
    private const int PageSize = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, List<ChannelWriter<JobId>>> _watches = [];
    private int _watchers;
    private Run? _run;

    /// <summary>Tells a channel of each end of some jobs, from now on, until disposed.</summary>
    public async Task<IDisposable> WatchAsync(IEnumerable<JobId> jobs, ChannelWriter<JobId> ended, CancellationToken cancellationToken)
    {
        JobId[] ids = [.. jobs];
        Run run;
        lock (_gate)
        {
            foreach (JobId id in ids)
            {
                if (!_watches.TryGetValue(id, out List<ChannelWriter<JobId>>? writers))
                {
                    _watches.Add(id, writers = []);
                }

                writers.Add(ended);
            }

            _watchers++;
            run = _run ??= Start();
        }

        var watch = new Watch(this, ids, ended);
        try
        {
            await run.Begun.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            watch.Dispose();
            throw;
        }

        return watch;
    }

    /// <summary>Makes everybody who waits for some jobs look at them again; deleted jobs, of which no event tells.</summary>
    public void Tell(IEnumerable<JobId> jobs)
    {
        lock (_gate)
        {
            foreach (JobId id in jobs)
            {
                if (_watches.TryGetValue(id, out List<ChannelWriter<JobId>>? writers))
                {
                    writers.ForEach(writer => writer.TryWrite(id));
                }
            }
        }
    }

    private Run Start()
    {
        var run = new Run();
        _ = Task.Run(() => ReadAsync(run));
        return run;
    }

    private async Task ReadAsync(Run run)
    {
        try
        {
            long after = await store.GetLastSequenceAsync(run.Stop.Token).ConfigureAwait(false);
            run.BeginSource.SetResult();
            while (true)
            {
                await store.WaitForEventsAsync(after, run.Stop.Token).ConfigureAwait(false);
                IReadOnlyList<JobEvent> events = await store.ReadEventsAsync(after, PageSize, run.Stop.Token).ConfigureAwait(false);
                lock (_gate)
                {
                    foreach (JobEvent step in events)
                    {
                        after = step.Sequence;
                        if (step.To.IsFinal() && _watches.TryGetValue(step.JobId, out List<ChannelWriter<JobId>>? writers))
                        {
                            writers.ForEach(writer => writer.TryWrite(step.JobId));
                        }
                    }
                }
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            run.BeginSource.TrySetException(exception);
            lock (_gate)
            {
                if (ReferenceEquals(_run, run))
                {
                    _run = null;
                    foreach (ChannelWriter<JobId> writer in _watches.Values.SelectMany(writers => writers).Distinct())
                    {
                        writer.TryComplete(exception);
                    }
                }
            }
        }
    }

    private void Remove(JobId[] ids, ChannelWriter<JobId> ended)
    {
        lock (_gate)
        {
            foreach (JobId id in ids)
            {
                if (_watches.TryGetValue(id, out List<ChannelWriter<JobId>>? writers) && writers.Remove(ended) && writers.Count == 0)
                {
                    _watches.Remove(id);
                }
            }

            if (--_watchers == 0 && _run is { } run)
            {
                _run = null;
                run.Stop.Cancel();
            }
        }
    }

    private sealed class Run
    {
        public TaskCompletionSource BeginSource { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => BeginSource.Task;

        public CancellationTokenSource Stop { get; } = new();
    }

    private sealed class Watch(JobWatcher owner, JobId[] ids, ChannelWriter<JobId> ended) : IDisposable
    {
        private bool _disposed;

        public void Dispose()
        {
            if (!_disposed)
            {
                _disposed = true;
                owner.Remove(ids, ended);
            }
        }
    }
}
