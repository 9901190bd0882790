using System.Threading.Channels;

namespace Balsam.Launch.Tests.Engine;

/// <summary>A place where application code waits until the test lets it pass; the test can wait for it to come.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _arrivals = Channel.CreateUnbounded<bool>();

    public void Open() => _open.TrySetResult();

    /// <summary>Application code: comes, and waits.</summary>
    public Task PassAsync(CancellationToken cancellationToken = default)
    {
        _arrivals.Writer.TryWrite(true);
        return _open.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Test code: waits until somebody came; each arrival counts once.</summary>
    public Task ArrivalAsync() => EngineHarness.Soon(_arrivals.Reader.ReadAsync().AsTask(), "somebody to come to the gate");

    /// <summary>Whether somebody came that nobody has waited for.</summary>
    public bool HasArrival => _arrivals.Reader.TryPeek(out _);
}
