using System.Threading.Channels;
using Balsam.Launch.Running;

namespace Balsam.Testing;

/// <summary>A runner without processes: a test sees each run start, and decides when and how it ends.</summary>
/// <remarks>Unless a run says otherwise it ends like a well-behaved process: by SIGTERM or SIGKILL, as soon as it is asked to.</remarks>
/// <example><code>
/// builder.Services.AddSingleton&lt;IJobRunner&gt;(runner);
/// FakeRun run = await runner.NextAsync(cancellationToken);
/// run.Exit(0);
/// </code></example>
public sealed class FakeJobRunner : IJobRunner
{
    private readonly Lock _gate = new();
    private readonly Channel<FakeRun> _started = Channel.CreateUnbounded<FakeRun>();
    private readonly Dictionary<long, FakeRun> _running = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Is called for each run as it starts; it may end the run at once.</summary>
    /// <value>Default: null: runs go on until the test ends them.</value>
    public Action<FakeRun>? OnStart { get; set; }

    /// <summary>Says why a request can never start.</summary>
    /// <value>Default: null: everything can.</value>
    public Func<RunRequest, string?>? WhyNot { get; set; }

    /// <summary>The runs that go on, by number.</summary>
    public IReadOnlyList<FakeRun> Running
    {
        get
        {
            lock (_gate)
            {
                return [.. _running.OrderBy(run => run.Key).Select(run => run.Value)];
            }
        }
    }

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <summary>The next run that starts, or has started and was not yet asked for.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The run.</returns>
    public Task<FakeRun> NextAsync(CancellationToken cancellationToken = default) => _started.Reader.ReadAsync(cancellationToken).AsTask();

    /// <inheritdoc/>
    public void Start(RunRequest request, Action<RunExit> ended)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(ended);
        if (_completion.Task.IsCompleted)
        {
            ended(new RunExit { RunId = request.RunId, Kind = RunExitKind.Lost, Message = "The runner has ended." });
            return;
        }

        var run = new FakeRun(request, exit =>
        {
            lock (_gate)
            {
                _running.Remove(request.RunId);
            }

            ended(exit);
        });
        lock (_gate)
        {
            if (!_running.TryAdd(request.RunId, run))
            {
                throw new InvalidOperationException($"Run {request.RunId} was started while it goes on: a job ran twice at a time.");
            }
        }

        OnStart?.Invoke(run);
        _started.Writer.TryWrite(run);
    }

    /// <inheritdoc/>
    public string? WhyCannotStart(RunRequest request) => WhyNot?.Invoke(request);

    /// <inheritdoc/>
    public void Signal(long runId, RunSignal signal)
    {
        FakeRun? run;
        lock (_gate)
        {
            run = _running.GetValueOrDefault(runId);
        }

        run?.Receive(signal);
    }

    /// <summary>Fails as a runner does whose thread dies: what runs is lost, and nothing can be started any more.</summary>
    /// <param name="exception">What <see cref="Completion"/> ends with.</param>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        foreach (FakeRun run in Running)
        {
            run.Lose(exception.Message);
        }

        _completion.TrySetException(exception);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (FakeRun run in Running)
        {
            run.Receive(RunSignal.Kill);
        }

        _completion.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
