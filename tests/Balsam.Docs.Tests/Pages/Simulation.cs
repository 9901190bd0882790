using Balsam.Launch.Packing;
using Balsam.Testing;
using Balsam.Testing.Simulation;

namespace Balsam.Docs.Tests.Pages;

// The page names a file without a directory, so the program's directory is one of the test's own meanwhile.
[TestFixture]
[NonParallelizable]
public sealed class Simulation
{
    [Test]
    public async Task Simulation_AsOnThePage_Forecasts()
    {
        string before = Environment.CurrentDirectory;
        string directory = Directory.CreateTempSubdirectory("balsam-docs-").FullName;
        Environment.CurrentDirectory = directory;
        try
        {
            #region forecast
            NewJob mesh = new NewJob("Mesh", "study/mesh").WithResources(new JobResources { RanksPerNode = 8, WallTime = TimeSpan.FromMinutes(10) });
            NewJob[] runs = [.. Enumerable.Range(0, 200).Select(i => new NewJob("Relax", $"study/{i}")
                .WithResources(new JobResources { RanksPerNode = 4, GpusPerRank = 0.25, WallTime = TimeSpan.FromHours(1) }).After(mesh))];

            var simulator = new CampaignSimulator(SimulatedJob.From([mesh, .. runs]), new SimulationOptions
            {
                Allocations = [SimulatedAllocation.Of(count: 10, cores: 64, gpus: 4)],
                RunTime = RunTimeModel.LogNormal(median: TimeSpan.FromMinutes(40), sigma: 0.5).WithFailures(0.02),
                Retries = new Dictionary<ApplicationName, RetryPolicy> { ["Mesh"] = new(maxAttempts: 3), ["Relax"] = new(maxAttempts: 3) },
            });
            CampaignForecast forecast = simulator.Forecast(seeds: 20);
            Console.WriteLine(forecast);
            #endregion

            Assert.That(forecast.Seeds, Is.EqualTo(20));
            Assert.That(forecast.Makespan.Low, Is.GreaterThan(TimeSpan.FromHours(2)));

            #region report
            SimulatedCampaign typical = forecast.Typical;
            CampaignUse use = typical.Use;
            Console.WriteLine($"{use.NodeHours(use.Offered):0.0} node-hours, {use.NodeHours(use.Tail):0.0} of them in the tail");
            await CampaignReport.WriteHtmlAsync(typical.Analyze(), "forecast.html");
            #endregion

            Assert.That(await File.ReadAllTextAsync("forecast.html"), Does.Contain("<section id=\"gantt\">"));

            #region compare
            CampaignComparison table = simulator.Compare(
                policies: new Dictionary<string, IPackingPolicy> { ["backfill"] = new BackfillPolicy() },
                nodeCounts: [5, 10, 20],
                wallTimes: [TimeSpan.FromHours(2), TimeSpan.FromHours(6)]);
            Console.WriteLine(table);
            #endregion

            Assert.That(table.Rows, Has.Count.EqualTo(6));

            #region circumstances
            var options = new SimulationOptions
            {
                Allocations =
                [
                    SimulatedAllocation.Of(count: 10, cores: 64, gpus: 4) with { QueueWait = TimeSpan.FromHours(3), WallTime = TimeSpan.FromHours(2), Repeats = 10 },
                ],
                NodeFailures = new NodeFailures(MeanTimeBetween: TimeSpan.FromDays(30), Repair: TimeSpan.FromHours(4)),
                Overhead = new LauncherOverhead(Start: TimeSpan.FromMilliseconds(15), Finish: TimeSpan.FromMilliseconds(5)),
            };
            #endregion

            Assert.That(new CampaignSimulator(SimulatedJob.From([mesh, .. runs]), options).Run().AllEnded);
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public async Task Learning_AsOnThePage_KnowsWhatRan()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Relax>());
        host.Runs<Relax>().Take(run => TimeSpan.FromMinutes(run.GetParameters<Relax.Parameters>().Atoms));
        BalsamClient client = host.Client;
        await client.SubmitAsync([.. Enumerable.Range(1, 4).Select(i => Relax.NewJob(new Relax.Parameters(i)).Tag("study", "a"))]);
        await host.RunUntilIdleAsync();

        #region learn
        LearnedRunTimes model = await RunTimeModel.LearnAsync(client, client.Jobs.WithTag("study", "a"));
        IReadOnlyList<SimulatedJob> jobs = SimulatedJob.From(Enumerable.Range(1, 1000).Select(i => Relax.NewJob(new Relax.Parameters(Atoms: 1 + (i % 5)))));
        Console.WriteLine(model.Know(jobs[3]));      // LearnedFrom { Basis = NearestParameters, Samples = 1 }
        CampaignForecast next = new CampaignSimulator(jobs, new SimulationOptions { Allocations = [SimulatedAllocation.Of(count: 4, cores: 64)], RunTime = model }).Forecast();
        #endregion

        Assert.That(model.Know(jobs[3]), Is.EqualTo(new LearnedFrom(LearningBasis.NearestParameters, 1)));
        Assert.That(next.Unfinished.High, Is.Zero);
    }

    private sealed class Relax : ApplicationDefinition<Relax.Parameters>
    {
        public override CommandTemplate Command => "relax {{ atoms }}";

        internal sealed record Parameters(int Atoms);
    }
}
