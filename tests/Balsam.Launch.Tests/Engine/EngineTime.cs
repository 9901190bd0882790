using Microsoft.Extensions.Time.Testing;

namespace Balsam.Launch.Tests.Engine;

/// <summary>A clock that stands until it is moved, and tells when somebody waits for a time: so a test moves it neither too early nor too late.</summary>
internal sealed class EngineTime() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _unseen = [];
    private TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_gate)
        {
            _unseen.Add(dueTime);
            _came.TrySetResult();
            _came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return timer;
    }

    /// <summary>Waits until a timer of this length was set; each is seen once.</summary>
    public async Task TimerAsync(TimeSpan dueTime)
    {
        while (true)
        {
            Task came;
            string seen;
            lock (_gate)
            {
                if (_unseen.Remove(dueTime))
                {
                    return;
                }

                came = _came.Task;
                seen = string.Join(", ", _unseen);
            }

            await EngineHarness.Soon(came, $"a timer of {dueTime}; set were {seen}");
        }
    }

    /// <summary>Waits until a timer of this length was set, and lets that time pass.</summary>
    public async Task PassAsync(TimeSpan dueTime)
    {
        await TimerAsync(dueTime);
        Advance(dueTime);
    }
}
