using System.Globalization;
using Balsam.Testing.Simulation;

namespace Balsam.Testing.Tests.Simulation;

/// <summary>The same campaign by the simulator, and by the real client, store, launcher and packer on virtual time.</summary>
[TestFixture]
public sealed class FidelityTests
{
    [Test]
    public async Task Run_GeneratedCampaign_StartsPlacesAndEndsAsTheLauncherDoes([Range(1, 12)] int seed)
    {
        await CompareAsync(new GeneratedCampaign(seed, count: 60));
    }

    [Test]
    public async Task Run_MoreJobsThanALauncherClaimsAtATime_StartsPlacesAndEndsAsTheLauncherDoes()
    {
        await CompareAsync(new GeneratedCampaign(seed: 100, count: 500));
    }

    private static async Task CompareAsync(GeneratedCampaign campaign)
    {
        List<string> real = [];
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(
            balsam => balsam.AddApplication<Step>().AddLauncher(options => options.BindCores = true),
            options =>
            {
                foreach (NodeSpec node in GeneratedCampaign.Nodes)
                {
                    options.Nodes.Add(node);
                }
            });
        DateTimeOffset start = host.Now;
        host.Runs<Step>()
            .Do(run => real.Add(Describe(run.Job.Id.Value, run.Attempt, run.Now - start, run.Nodes, run.Request.CpuAffinity!)))
            .Take(run => campaign.RunOf(run.Job.Id).Duration)
            .Exit(run => campaign.RunOf(run.Job.Id).ExitCode);
        IReadOnlyList<Job> jobs = await host.Client.SubmitAsync(campaign.NewJobs);
        await host.RunUntilIdleAsync();
        CampaignAnalysis analysis = await host.Client.AnalyzeAsync();

        SimulatedCampaign simulated = new CampaignSimulator(campaign.Jobs, GeneratedCampaign.Options() with { SubmittedAt = start }).Run();

        IEnumerable<string> runs = simulated.Runs.Zip(simulated.Placements, (run, placement) =>
            Describe(run.Job + 1, run.Attempt, run.Start, placement.Shares.Select(share => share.Node), placement.Shares[0].CoreIds));
        Assert.That(runs.Order(), Is.EqualTo(real.Order()));
        Assert.That(runs.Select(TimeOf), Is.Ordered);
        Assert.That(simulated.Makespan, Is.EqualTo(analysis.Makespan));
        Assert.That(simulated.Runs.Count(run => run.Failure is not null), Is.Positive, "This campaign tries no failures.");
        foreach (Job job in jobs)
        {
            IEnumerable<string> history = (await host.Client.GetHistoryAsync(job.Id)).Select(Describe);
            Assert.That(simulated.Events.Where(step => step.JobId == job.Id).Select(Describe), Is.EqualTo(history), job.ToString());
        }
    }

    private static string Describe(JobEvent step) => FormattableString.Invariant($"{step.From} {step.Trigger} {step.To} {step.At:O} {step.Message} {step.Data.Json}");

    private static string Describe(long job, int attempt, TimeSpan start, IEnumerable<string> nodes, IEnumerable<int> cores) =>
        FormattableString.Invariant($"{start:c} job {job} #{attempt} on {string.Join(',', nodes)} cores {string.Join(',', cores)}");

    private static TimeSpan TimeOf(string run) => TimeSpan.ParseExact(run.Split(' ')[0], "c", CultureInfo.InvariantCulture);
}
