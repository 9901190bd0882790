using System.Runtime.Versioning;

namespace Balsam.Hostile.Tests.Confinement;

/// <summary>Jobs that plant symbolic links, so that the launcher would write outside the data directory for a later one.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class EscapeTests
{
    private readonly TemporaryDirectory _directory = new();
    private BalsamSite _site = null!;

    private string Outside => _directory["outside"];

    [OneTimeSetUp]
    public async Task SetUp() => _site = await OpenAsync(_directory["site"]);

    [OneTimeTearDown]
    public async Task TearDown()
    {
        await _site.DisposeAsync();
        _directory.Dispose();
    }

    [SetUp]
    public void MakeOutside()
    {
        Directory.CreateDirectory(Outside);
        File.WriteAllText(Path.Combine(Outside, "precious"), "precious");
    }

    [TearDown]
    public void Outside_IsAsItWas()
    {
        Assert.That(new DirectoryInfo(Outside).GetFileSystemInfos().Select(file => file.Name), Is.EqualTo(new[] { "precious" }));
        Assert.That(File.ReadAllText(Path.Combine(Outside, "precious")), Is.EqualTo("precious"));
    }

    [TestCase("Sh", "chain/link/below")]
    [TestCase("Sh", "chain/link")]
    [TestCase("Noting", "chain/link/below")]
    [TestCase("Noting", "chain/link")]
    [TestCase("Writing", "chain/link/below")]
    [TestCase("Writing", "chain/link")]
    public async Task Workdir_BehindALinkThatAJobPlanted_FailsTheJobAndWritesNothing(string application, string workdir)
    {
        workdir = $"{TestContext.CurrentContext.Test.ID}/{workdir}";
        await RunAsync(New("Sh", $"{TestContext.CurrentContext.Test.ID}/chain/planter", $"ln -s '{Outside}' ../link"));
        Job job = await EndAsync(await _site.Client.SubmitAsync(New(application, workdir, "echo escaped; : > escaped")));
        Assert.That(job.State, Is.EqualTo(JobState.Failed));
        Assert.That(job.Failure!.Message, Does.Contain($"/{TestContext.CurrentContext.Test.ID}/chain/link' is a symbolic link").And.Contain("Remove the link"));
    }

    [Test]
    public async Task Workdir_BehindALinkThatStaysInside_IsRefusedAsWell()
    {
        await RunAsync(New("Sh", "inside/planter", "ln -s planter ../link"));
        Job job = await EndAsync(await _site.Client.SubmitAsync(New("Sh", "inside/link", "echo")));
        Assert.That((job.State, job.Failure!.Message), Is.EqualTo((JobState.Failed, job.Failure.Message)));
        Assert.That(job.Failure.Message, Does.Contain("is a symbolic link"));
    }

    [Test]
    public async Task JobOut_IsALink_IsKeptAsItIsAndNotWrittenThrough()
    {
        await RunAsync(New("Sh", "out/planter", $"mkdir ../victim; ln -s '{Outside}/precious' ../victim/job.out"));
        Job job = await RunAsync(New("Sh", "out/victim", "echo hello"));
        string workdir = _site.WorkdirOf(job);
        Assert.That((File.ReadAllText(Path.Combine(workdir, "job.out")), new FileInfo(Path.Combine(workdir, "job.out")).LinkTarget), Is.EqualTo(("hello\n", (string?)null)));
        Assert.That(new FileInfo(Path.Combine(workdir, "job.out.1")).LinkTarget, Is.EqualTo(Path.Combine(Outside, "precious")));
    }

    [Test]
    public async Task JobOut_ADanglingLink_MakesNothingOutside()
    {
        await RunAsync(New("Sh", "dangling/planter", $"mkdir ../victim; ln -s '{Outside}/new' ../victim/job.out; ln -s '{Outside}/log' ../victim/balsam.log"));
        Job job = await RunAsync(New("Noting", "dangling/victim", "echo hello"));
        Assert.That(File.ReadAllText(Path.Combine(_site.WorkdirOf(job), "job.out")), Is.EqualTo("hello\n"));
    }

    [TestCase("ln -s '{0}/precious' ../victim/balsam.log")]
    [TestCase("mkfifo ../victim/balsam.log")]
    [TestCase("mkdir ../victim/balsam.log")]
    public async Task BalsamLog_IsNoFileOfItsOwn_HooksRunAllTheSame(string planting)
    {
        string place = TestContext.CurrentContext.Test.ID;
        await RunAsync(New("Sh", $"{place}/planter", $"mkdir ../victim; {string.Format(System.Globalization.CultureInfo.InvariantCulture, planting, Outside)}"));
        Job job = await RunAsync(New("Noting", $"{place}/victim", "echo hello"));
        Assert.That(File.ReadAllText(Path.Combine(_site.WorkdirOf(job), "job.out")), Is.EqualTo("hello\n"));
    }

    [TestCase("ln -s '{0}/precious' job.out")]
    [TestCase("mkfifo job.out")]
    [TestCase("mkdir job.out")]
    public async Task JobOut_ReplacedByTheProgram_IsNotReadIntoTheFailure(string replacing)
    {
        Job job = await EndAsync(await _site.Client.SubmitAsync(
            New("Sh", $"{TestContext.CurrentContext.Test.ID}", $"echo mine; rm job.out; {string.Format(System.Globalization.CultureInfo.InvariantCulture, replacing, Outside)}; exit 3")));
        Assert.That((job.State, job.ReturnCode), Is.EqualTo((JobState.Failed, (int?)3)));
        Assert.That(job.Failure!.LastLines, Is.Empty);
    }

    [Test]
    public async Task Workdir_ReplacedByALinkWhileItsJobRuns_TheNextAttemptIsRefused()
    {
        Job job = await EndAsync(await _site.Client.SubmitAsync(New("Sh", "moved/away", $"mv ../away ../gone; ln -s '{Outside}' ../away; exit 1")));
        Assert.That(job.Failure!.ExitCode, Is.EqualTo(1));
        Assert.That(job.Failure.LastLines, Is.Empty);
        await _site.Client.RestartAsync(job.Id);
        Job again = await EndAsync(job);
        Assert.That(again.Failure!.Message, Does.Contain("is a symbolic link"));
    }

    [Test]
    public async Task DataDirectory_ALinkItself_IsFollowed()
    {
        using var other = new TemporaryDirectory();
        Directory.CreateDirectory(other["disk"]);
        Directory.CreateDirectory(other["site"]);
        Directory.CreateSymbolicLink(other["site/data"], other["disk"]);
        await using BalsamSite site = await OpenAsync(other["site"]);
        Job job = await site.Client.WaitAsync((await site.Client.SubmitAsync(New("Noting", "a/b", "echo hello"))).Id);
        Assert.That((job.State, File.ReadAllText(other["disk/a/b/job.out"])), Is.EqualTo((JobState.JobFinished, "hello\n")));
        Assert.That(File.ReadAllText(other["disk/a/b/balsam.log"]), Does.Contain("noted before").And.Contain("noted after"));
    }

    [Test]
    public async Task FollowWorkdirLinks_Set_UsesTheLinkThatTheUserMade()
    {
        using var other = new TemporaryDirectory();
        Directory.CreateDirectory(other["disk"]);
        Directory.CreateDirectory(other["site/data"]);
        Directory.CreateSymbolicLink(other["site/data/a"], other["disk"]);
        await using BalsamSite site = await OpenAsync(other["site"], options => options.FollowWorkdirLinks = true);
        Job job = await site.Client.WaitAsync((await site.Client.SubmitAsync(New("Noting", "a/b", "echo hello"))).Id);
        Assert.That((job.State, File.ReadAllText(other["disk/b/job.out"])), Is.EqualTo((JobState.JobFinished, "hello\n")));
        Assert.That(File.ReadAllText(other["disk/b/balsam.log"]), Does.Contain("noted before"));
    }

    [TestCase(WorkdirAccess.Owner, UnixFileMode.None)]
    [TestCase(WorkdirAccess.Group, UnixFileMode.GroupRead | UnixFileMode.GroupExecute)]
    public async Task WorkdirAccess_GivesWorkdirsAndLogsThatMode(WorkdirAccess access, UnixFileMode others)
    {
        using var other = new TemporaryDirectory();
        await using BalsamSite site = await OpenAsync(other["site"], options => options.WorkdirAccess = access);
        Job job = await site.Client.WaitAsync((await site.Client.SubmitAsync(New("Noting", "a/b", "echo hello"))).Id);
        Assert.That(job.State, Is.EqualTo(JobState.JobFinished));
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        using (Assert.EnterMultipleScope())
        {
            foreach (string directory in (string[])["site", "site/data", "site/data/a", "site/data/a/b"])
            {
                Assert.That(File.GetUnixFileMode(other[directory]) & ~UnixFileMode.GroupWrite, Is.EqualTo(owner | others), directory);
            }

            foreach (string file in (string[])["site/data/a/b/job.out", "site/data/a/b/balsam.log"])
            {
                Assert.That(File.GetUnixFileMode(other[file]) & ~UnixFileMode.GroupWrite, Is.EqualTo((owner | others) & ~(UnixFileMode.UserExecute | UnixFileMode.GroupExecute)), file);
            }

            Assert.That(File.GetUnixFileMode(other["site/balsam.db"]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    private static NewJob New(string application, string workdir, string script) =>
        application == "Writing" ? new NewJob(application, workdir).WithParameters(script) : new NewJob(application, workdir).With("script", script);

    private static Task<BalsamSite> OpenAsync(string directory, Action<BalsamOptions>? configure = null) => BalsamSite.OpenAsync(directory, balsam => balsam
        .Configure(configure ?? (_ => { }))
        .AddApplication<Sh>().AddApplication<Noting>().AddApplication<Writing>()
        .AddLauncher(options => options.Nodes.Add(new NodeSpec("n1", 4))));

    private Task<Job> EndAsync(Job job) => _site.Client.WaitAsync(job.Id).WaitAsync(TimeSpan.FromMinutes(2));

    private async Task<Job> RunAsync(NewJob job)
    {
        Job ended = await EndAsync(await _site.Client.SubmitAsync(job));
        Assert.That(ended.State, Is.EqualTo(JobState.JobFinished), $"{ended}: {ended.Failure}");
        return ended;
    }
}
