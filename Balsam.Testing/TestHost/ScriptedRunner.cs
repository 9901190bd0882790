using Balsam.Launch.Running;

namespace Balsam.Testing;

/// <summary>Runs scripts where a launcher wants processes.</summary>
internal sealed class ScriptedRunner(ScriptBook scripts, InMemoryJobStore store, VirtualTime time, Conductor conductor, int seed) : IJobRunner
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, (ScriptedRun Run, RunScript Script)> _chosen = [];
    private readonly Dictionary<long, Performance> _running = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => _completion.Task;

    // Asked once before each start, so that a script is chosen once.
    public string? WhyCannotStart(RunRequest request)
    {
        Job job = store.Find(new JobId(request.RunId))!;
        ulong lot = Seed.Of(seed, job.Id, request.Attempt);
        var run = new ScriptedRun(job, request, time, (int)lot);
        if (scripts.Find(run) is not { } script)
        {
            return FormattableString.Invariant(
                $"No script says what run {request.Attempt} of {job.Application} does. Write host.Runs<{job.Application}>().Take(TimeSpan.FromMinutes(1)).Exit(0), or host.Runs() for every command, before it starts.");
        }

        lock (_gate)
        {
            _chosen[request.RunId] = (run, script);
        }

        return script.StartFailure;
    }

    public void Start(RunRequest request, Action<RunExit> ended)
    {
        Performance performance;
        lock (_gate)
        {
            _chosen.Remove(request.RunId, out (ScriptedRun Run, RunScript Script) chosen);
            performance = new Performance(chosen.Run, chosen.Script, time, Seed.Of(seed, chosen.Run.Job.Id, request.Attempt), exit =>
            {
                lock (_gate)
                {
                    _running.Remove(request.RunId);
                }

                ended(exit);
            });
            _running.Add(request.RunId, performance);
        }

        conductor.CheckAttempt(performance.Job, request.Attempt);
        performance.Begin();
    }

    public void Signal(long runId, RunSignal signal)
    {
        Performance? performance;
        lock (_gate)
        {
            performance = _running.GetValueOrDefault(runId);
        }

        if (signal == RunSignal.Kill || performance?.Script.HeedsTerminate == true)
        {
            performance?.EndBy(signal == RunSignal.Kill ? SigKill : SigTerm);
        }
    }

    public ValueTask DisposeAsync()
    {
        _completion.TrySetResult();
        return ValueTask.CompletedTask;
    }

    /// <summary>One run of a script.</summary>
    private sealed class Performance(ScriptedRun run, RunScript script, VirtualTime time, ulong lot, Action<RunExit> ended)
    {
        private ITimer? _timer;
        private int _next;
        private bool _isOver;

        public RunScript Script => script;

        public Job Job => run.Job;

        public void Begin() => _timer = time.Schedule(TimeSpan.Zero, lot, () =>
        {
            string output = Path.Combine(Directory.CreateDirectory(run.Workdir).FullName, run.Request.OutputPath);
            if (EarlierOutput.Keep(output) == 0)
            {
                File.Create(output).Dispose();
            }

            GoOn();
        });

        public void EndBy(int signal) => End(RunScript.Killed(run, signal));

        private void GoOn()
        {
            while (_next < script.Steps.Count)
            {
                TimeSpan wait = script.Steps[_next++](run);
                if (wait > TimeSpan.Zero)
                {
                    _timer = time.Schedule(wait, lot, GoOn);
                    return;
                }
            }

            if (script.EndOf(run) is { } exit)
            {
                End(exit);
            }
        }

        private void End(RunExit exit)
        {
            _timer?.Dispose();
            if (!_isOver)
            {
                _isOver = true;
                ended(exit);
            }
        }
    }
}
