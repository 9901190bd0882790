namespace Balsam.Testing;

/// <summary>Something that goes on beside the launcher's loop: a hook, a function, the end of a run.</summary>
/// <remarks>It waits for virtual time when none of its code is on a thread and it has a timer ahead. In every other case it is waited for.</remarks>
internal sealed class Work(VirtualClock clock, Job job, string what, Func<Task> body)
{
    private int _threads;
    private int _waits;
    private bool _isDone;

    public Job Job => job;

    public bool IsDone => _isDone;

    public bool IsWaitingForTime => !_isDone && _threads == 0 && _waits > 0;

    public bool IsAtWork => !_isDone && !IsWaitingForTime;

    /// <summary>Begins on a thread of the pool.</summary>
    /// <param name="failed">Is told what the work throws; what is thrown to cancel it too late does not count.</param>
    public void Begin(Action<Exception> failed)
    {
        Enter();
        _ = Task.Run(async () =>
        {
            clock.Current.Value = this;
            Leave();
            try
            {
                await body().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // A cancellation of what is over by now.
            }
            catch (Exception exception)
            {
                failed(exception);
            }
            finally
            {
                Set(ref _isDone, true);
            }
        });
    }

    public void Enter() => Count(ref _threads, 1);

    public void Leave() => Count(ref _threads, -1);

    public void CountWait(int change) => Count(ref _waits, change);

    public override string ToString() => $"{what} of job {job.Id} ({job.Application} in {job.Workdir})";

    private void Count(ref int counter, int change)
    {
        lock (clock.Gate)
        {
            counter += change;
            Monitor.PulseAll(clock.Gate);
        }
    }

    private void Set(ref bool flag, bool value)
    {
        lock (clock.Gate)
        {
            flag = value;
            Monitor.PulseAll(clock.Gate);
        }
    }
}
