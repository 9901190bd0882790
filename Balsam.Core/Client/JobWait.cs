using System.Runtime.ExceptionServices;

namespace Balsam;

/// <summary>One wait for some jobs to end. The watcher tells it what becomes of them; the waiter takes what has ended.</summary>
/// <param name="gate">The watcher's lock; whatever the watcher tells, it tells under it.</param>
/// <param name="open">The jobs.</param>
/// <param name="leave">Is called once, when the wait is over.</param>
internal sealed class JobWait(Lock gate, HashSet<JobId> open, Action<JobWait> leave) : IDisposable
{
    private List<Job> _ended = [];
    private Dictionary<JobId, JobExplanation>? _stuck;
    private Exception? _broken;
    private TaskCompletionSource? _signal;
    private bool _disposed;

    /// <summary>The jobs that have not ended. To be read by the watcher, or once the wait is over.</summary>
    public IReadOnlySet<JobId> Open => open;

    /// <summary>Whether every job has ended and was taken.</summary>
    public bool IsOver
    {
        get
        {
            lock (gate)
            {
                return open.Count == 0 && _ended.Count == 0;
            }
        }
    }

    /// <summary>Takes the jobs that have ended since the last call, or waits for one to.</summary>
    /// <returns>The jobs; none when those that are open cannot go on by themselves.</returns>
    public async ValueTask<IReadOnlyList<Job>> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task signal;
            lock (gate)
            {
                if (_ended.Count > 0)
                {
                    List<Job> ended = _ended;
                    _ended = [];
                    return ended;
                }

                if (_broken is not null)
                {
                    ExceptionDispatchInfo.Throw(_broken);
                }

                if (open.Count == (_stuck?.Count ?? 0))
                {
                    return [];
                }

                signal = (_signal ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The jobs that cannot go on by themselves, by number.</summary>
    public IReadOnlyList<JobExplanation> GetStuck()
    {
        lock (gate)
        {
            return _stuck is null ? [] : [.. _stuck.Values.OrderBy(explanation => explanation.Job.Id)];
        }
    }

    public void End(Job job)
    {
        if (open.Remove(job.Id))
        {
            _stuck?.Remove(job.Id);
            _ended.Add(job);
            Wake();
        }
    }

    public void Hold(JobExplanation explanation)
    {
        if (open.Contains(explanation.Job.Id))
        {
            (_stuck ??= [])[explanation.Job.Id] = explanation;
            if (_stuck.Count == open.Count)
            {
                Wake();
            }
        }
    }

    public void Free(JobId job) => _stuck?.Remove(job);

    public void Break(Exception exception)
    {
        _broken ??= exception;
        Wake();
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            leave(this);
        }
    }

    private void Wake()
    {
        _signal?.TrySetResult();
        _signal = null;
    }
}
