using Balsam.Launch.Packing;
using Balsam.Testing.Simulation;

namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>What the simulator makes of a mix under a packer. Times are in seconds, by the ids of jobs.</summary>
internal sealed class Campaign
{
    private Campaign(Mix mix, SimulatedCampaign simulated)
    {
        Assert.That(simulated.States, Is.All.EqualTo(JobState.JobFinished), "every job has run");
        (Ready, Starts, Ends) = (new double[mix.Jobs.Length + 1], new double[mix.Jobs.Length + 1], new double[mix.Jobs.Length + 1]);
        Placements = new Placement[mix.Jobs.Length + 1];
        foreach ((int i, SimulatedRun run) in simulated.Runs.Index())
        {
            int id = run.Job + 1;
            (Starts[id], Ends[id], Placements[id]) = (run.Start.TotalSeconds, run.End.TotalSeconds, simulated.Placements[i]);
        }

        foreach (MixJob job in mix.Jobs)
        {
            Ready[job.Id] = job.Parents.Select(parent => Ends[parent]).DefaultIfEmpty().Max();
        }
    }

    /// <summary>When the parents of each job had ended.</summary>
    public double[] Ready { get; }

    public double[] Starts { get; }

    public double[] Ends { get; }

    public Placement[] Placements { get; }

    public double Makespan => Ends.Max();

    /// <summary>Runs a mix.</summary>
    public static Campaign Run(Mix mix, IPackingPolicy policy)
    {
        SimulatedJob[] jobs = [.. mix.Jobs.Select(job => new SimulatedJob
        {
            Application = "Mixed",
            Resources = job.Resources,
            Parents = [.. job.Parents.Select(static parent => new SimulatedParent(parent - 1))],
            RunTime = RunTimeModel.Fixed(TimeSpan.FromSeconds(job.Seconds)),
        })];
        return new Campaign(mix, new CampaignSimulator(jobs, new SimulationOptions { Allocations = [new SimulatedAllocation(mix.Nodes)], Policy = policy }).Run());
    }
}
