using Balsam.Testing.Simulation;

namespace WorkflowReplay.Simulation;

/// <summary>Makes the simulator of a replay.</summary>
internal static class ReplaySimulator
{
    public static CampaignSimulator Of(ReplayJobs jobs, int nodes, int cores, LauncherOverhead overhead) =>
        new(SimulatedJob.From(jobs.Make()), new SimulationOptions { Allocations = [SimulatedAllocation.Of(nodes, cores)], RunTime = new SleepTimes(), Overhead = overhead });

    /// <summary>A task sleeps as long as its parameters say.</summary>
    private sealed class SleepTimes : IRunTimeModel
    {
        public DrawnRun Draw(SimulatedJob job, Random random) => new(TimeSpan.FromSeconds(job.Parameters.As<ReplayTask.Parameters>()!.Seconds));
    }
}
