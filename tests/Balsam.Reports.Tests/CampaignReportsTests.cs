using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Balsam.Reports.Tests;

/// <summary>From a client to files, on each store.</summary>
[TestFixture("memory")]
[TestFixture("LiteDB")]
public sealed class CampaignReportsTests(string store)
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private string _directory = "";
    private ServiceProvider _services = null!;

    private BalsamClient Client => _services.GetRequiredService<BalsamClient>();

    [SetUp]
    public void Open()
    {
        _directory = Directory.CreateTempSubdirectory("balsam-reports-").FullName;
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddBalsam(balsam => (store == "memory" ? balsam.UseInMemory() : balsam.UseLiteDb(Path.Combine(_directory, "store.db"))).AddApplication<Relax>());
        _services = services.BuildServiceProvider();
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task WriteHtml_OfAQuery_ShowsItsJobsAndNoOthers()
    {
        await SubmitAsync();
        string path = Path.Combine(_directory, "pages", "study.html");
        await Client.Reports.WriteHtmlAsync(Client.Jobs.WithTag("study", "a"), path);
        string page = await File.ReadAllTextAsync(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page, Does.Contain("study/a1").And.Contain("study/a2").And.Not.Contain("study/b"));
            Assert.That(Directory.GetFiles(Path.GetDirectoryName(path)!), Is.EqualTo(new[] { path }), "nothing beside it");
        }
    }

    [Test]
    public async Task WriteHtml_WithoutAQuery_ShowsAllJobs()
    {
        await SubmitAsync();
        string path = Path.Combine(_directory, "all.html");
        await Client.Reports.WriteHtmlAsync(path);
        Assert.That(await File.ReadAllTextAsync(path), Does.Contain("study/a1").And.Contain("study/b"));
    }

    [Test]
    public async Task WriteHtml_WithOptions_UsesThem()
    {
        await SubmitAsync();
        string path = Path.Combine(_directory, "all.html");
        await Client.Reports.WriteHtmlAsync(Client.Jobs, path, new ReportOptions { Title = "Three relaxations" });
        Assert.That(await File.ReadAllTextAsync(path), Does.Contain("<h1>Three relaxations</h1>"));
    }

    [Test]
    public async Task WriteHtml_WithOptionsAndWithoutAQuery_ShowsAllJobs()
    {
        await SubmitAsync();
        string path = Path.Combine(_directory, "all.html");
        await Client.Reports.WriteHtmlAsync(path, new ReportOptions { Title = "All of them" });
        Assert.That(await File.ReadAllTextAsync(path), Does.Contain("<h1>All of them</h1>").And.Contain("study/a1").And.Contain("study/b"));
    }

    [Test]
    public async Task WriteCsv_OfAQuery_WritesItsJobs()
    {
        await SubmitAsync();
        await Client.Reports.WriteCsvAsync(Client.Jobs.WithTag("study", "a"), Path.Combine(_directory, "csv"));
        await Client.Reports.WriteCsvAsync(Path.Combine(_directory, "all"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await File.ReadAllLinesAsync(Path.Combine(_directory, "csv", "jobs.csv")), Has.Length.EqualTo(3));
            Assert.That(await File.ReadAllLinesAsync(Path.Combine(_directory, "all", "jobs.csv")), Has.Length.EqualTo(4));
        }
    }

    [Test]
    public async Task WriteHtml_OverAFile_ReplacesItAndLeavesItWhenCancelled()
    {
        await SubmitAsync();
        string path = Path.Combine(_directory, "all.html");
        await File.WriteAllTextAsync(path, "old");
        Assert.That(() => CampaignReport.WriteHtmlAsync(Campaigns.Small(), path, cancellationToken: new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await File.ReadAllTextAsync(path), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(_directory, "*.partial"), Is.Empty);

        await Client.Reports.WriteHtmlAsync(path);
        Assert.That(await File.ReadAllTextAsync(path), Does.StartWith("<!DOCTYPE html>"));
    }

    [Test]
    public async Task WriteHtml_WhereADirectoryIs_FailsAndLeavesNothing()
    {
        await SubmitAsync();
        string path = Directory.CreateDirectory(Path.Combine(_directory, "taken")).FullName;
        Assert.That(() => Client.Reports.WriteHtmlAsync(path), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(Directory.GetFiles(_directory, "*.partial"), Is.Empty);
    }

    private Task<IReadOnlyList<Job>> SubmitAsync() => Client.SubmitAsync(
        [new NewJob("Relax", "study/a1").Tag("study", "a"), new NewJob("Relax", "study/a2").Tag("study", "a"), new NewJob("Relax", "study/b").Tag("study", "b")]);

    private sealed class Relax : ApplicationDefinition
    {
        public override CommandTemplate Command => "true";
    }
}
