using Balsam.Testing;
using Staging;

namespace Balsam.Samples.Tests;

[TestFixture]
public sealed class StagingTests
{
    private string _archive = null!;

    [SetUp]
    public void SetUp() => _archive = Directory.CreateTempSubdirectory("balsam-samples-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_archive, recursive: true);

    [Test]
    public async Task Summarize_AStation_BringsItsSummaryToTheArchiveAndLeavesNoScratch()
    {
        MadeUpReadings.Write(Path.Combine(_archive, "readings"));
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Summarize>().Take(TimeSpan.FromMinutes(1)).Write("sorted.tmp", "").Write("summary.txt", run => $"{File.ReadLines(Path.Combine(run.Workdir, "readings.txt")).Count()} readings");
        Job job = await SubmitAsync(host, "island");

        await host.RunUntilIdleAsync();
        await host.Launcher.CleanUpAsync();

        host.Expect(job).Finished().Took(TimeSpan.FromMinutes(1));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(_archive, "summaries", "island.txt")), Is.EqualTo("8760 readings"));
        Assert.That(Directory.EnumerateFiles(host.WorkdirOf(job)).Select(Path.GetFileName), Has.None.EqualTo("sorted.tmp").And.None.EqualTo("readings.txt").And.Some.EqualTo("summary.txt"));
    }

    [Test]
    public async Task Summarize_AStationThatTheArchiveDoesNotHave_FailsBeforeItRuns()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Summarize>();
        Job job = await SubmitAsync(host, "moon");
        await host.RunUntilIdleAsync();
        host.Expect(job).Failed(FailureKind.Transfer, "is not there").Ran(0);
    }

    [Test]
    public async Task Summarize_ACommandThatWritesNoSummary_FailsAndKeepsItsFiles()
    {
        MadeUpReadings.Write(Path.Combine(_archive, "readings"));
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Summarize>().Write("sorted.tmp", "");
        Job job = await SubmitAsync(host, "desert");

        await host.RunUntilIdleAsync();
        await host.Launcher.CleanUpAsync();

        host.Expect(job).Failed(FailureKind.Transfer, "summary").Ran(1);
        Assert.That(File.Exists(Path.Combine(host.WorkdirOf(job), "sorted.tmp")), Is.True, "it tells why");
    }

    private Task<BalsamTestHost> StartAsync() =>
        BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Summarize>().AddTransferLocation("archive", new Uri(_archive).AbsoluteUri));

    private static Task<Job> SubmitAsync(BalsamTestHost host, string station) => host.Client.SubmitAsync(Summarize.From(station));
}
