using Balsam.Testing;
using ParameterSweep;
using ParameterSweep.Ising;
using ParameterSweep.Report;

namespace Balsam.Samples.Tests;

[TestFixture]
public sealed class ParameterSweepTests
{
    private const int Runs = 96;
    private string _site = "";

    [SetUp]
    public void MakeDirectory() => _site = Directory.CreateTempSubdirectory("balsam-sweep-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_site, recursive: true);

    // The sweep gathers into the directory above that of the workdirs.
    private Task<BalsamTestHost> StartAsync() => BalsamTestHost.StartAsync(
        balsam => balsam.AddApplication<Simulate>().AddApplication<Gather>(), options => options.DataDirectory = Path.Combine(_site, "data"));

    private static IsingResult ResultOf(ScriptedRun run)
    {
        (int lattice, _, double temperature, int seed) = run.GetParameters<IsingParameters>();
        return new IsingResult(lattice, temperature, seed, Magnetisation: seed, Susceptibility: -Math.Abs(temperature - 2.28), Energy: -1, HeatCapacity: 0);
    }

    [Test]
    public async Task Sweep_OnFourCores_PacksItsRunsAndGathersTheirMeans()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Simulate>().Take(TimeSpan.FromMinutes(10)).Do(run => ResultOf(run).Write(Path.Combine(run.Workdir, IsingResult.FileName)));
        await Sweep.SubmitOnceAsync(host.Client, SweepSize.Small);

        await host.RunUntilIdleAsync();

        await host.ExpectAllFinishedAsync();
        Job gather = await host.Client.Jobs.WithApplication<Gather>().SingleAsync();
        host.Expect(gather).After(await host.Client.Jobs.WithApplication<Simulate>().ToListAsync()).EndedAt(TimeSpan.FromMinutes(10 * Runs / 4));
        SweepPoint[] points = gather.GetResult<SweepPoint[]>()!;
        Assert.That(points.MaxBy(point => point.Susceptibility.Mean)!.Temperature, Is.EqualTo(2.28));
        Assert.That(points.Select(point => point.Magnetisation.Mean), Is.All.EqualTo(2.5));
        Assert.That(Path.Combine(_site, Gather.Plot), Does.Exist);
    }

    [Test]
    public async Task Sweep_OneRunWritesNoResult_GatherFailsNamingTheFile()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Simulate>().Do(run => ResultOf(run).Write(Path.Combine(run.Workdir, IsingResult.FileName)));
        host.Runs<Simulate>().When<IsingParameters>(parameters => parameters is { Temperature: 2.28, Seed: 3 });
        await Sweep.SubmitOnceAsync(host.Client, SweepSize.Small);
        await host.RunUntilIdleAsync();
        Job gather = await host.Client.Jobs.WithApplication<Gather>().SingleAsync();
        host.Expect(gather).Failed(FailureKind.Exception, Path.Combine("T2.28", "seed3", "result.json"));
    }

    [Test]
    public async Task Sweep_OneRunFails_GatherFailsAtOnceAndARestartCompletesIt()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Simulate>().Do(run => ResultOf(run).Write(Path.Combine(run.Workdir, IsingResult.FileName)));
        host.Runs<Simulate>().FirstAttempts(1).When<IsingParameters>(parameters => parameters is { Temperature: 1.5, Seed: 1 }).Die(9);
        await Sweep.SubmitOnceAsync(host.Client, SweepSize.Small);
        await host.RunUntilIdleAsync();
        Job gather = await host.Client.Jobs.WithApplication<Gather>().SingleAsync();
        host.Expect(gather).Failed(FailureKind.ParentFailed).Ran(0);

        await Sweep.SubmitOnceAsync(host.Client, SweepSize.Small);
        await host.RunUntilIdleAsync();
        await host.ExpectAllFinishedAsync();
    }
}
