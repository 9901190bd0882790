using Balsam.Launch.Running;

namespace Balsam.Crash;

/// <summary>A runner whose starts and ends are instants at which the host can be killed.</summary>
internal sealed class KillingRunner(IJobRunner inner, KillSwitch kill) : IJobRunner
{
    public Task Completion => inner.Completion;

    public void Start(RunRequest request, Action<RunExit> ended)
    {
        kill.ReachProcess();
        kill.Reach(CrashInstants.SpawnBefore);
        inner.Start(request, exit =>
        {
            kill.Reach(CrashInstants.Exit);
            ended(exit);
        });
        kill.Reach(CrashInstants.SpawnHanded);
    }

    public string? WhyCannotStart(RunRequest request) => inner.WhyCannotStart(request);

    public void Signal(long runId, RunSignal signal) => inner.Signal(runId, signal);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
