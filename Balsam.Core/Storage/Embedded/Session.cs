namespace Balsam.Storage.Embedded;

/// <summary>One launcher: what it holds, and what it has not been told yet.</summary>
internal sealed class Session(LauncherSession launcher, long renewedAt)
{
    private readonly List<JobId> _changed = [];
    private bool _mayClaim = true;
    private TaskCompletionSource? _waiter;

    public LauncherSession Launcher => launcher;

    public long RenewedAt { get; set; } = renewedAt;

    public HashSet<JobId> Held { get; } = [];

    public bool HasNews => _mayClaim || _changed.Count > 0;

    public void Wake(bool mayClaim)
    {
        _mayClaim |= mayClaim;
        _waiter?.TrySetResult();
    }

    public void TellChanged(JobId job)
    {
        _changed.Add(job);
        _waiter?.TrySetResult();
    }

    /// <summary>What is new, or null and a task that ends when something is.</summary>
    public SessionNews? TakeNews(out Task signal)
    {
        if (!HasNews)
        {
            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            signal = _waiter.Task;
            return null;
        }

        var news = new SessionNews(_mayClaim, [.. _changed]);
        _mayClaim = false;
        _changed.Clear();
        _waiter = null;
        signal = Task.CompletedTask;
        return news;
    }
}
