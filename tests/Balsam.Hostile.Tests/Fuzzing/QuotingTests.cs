using System.Runtime.Versioning;
using CsCheck;

namespace Balsam.Hostile.Tests.Fuzzing;

/// <summary>Hostile parameters, from a submit to what the kernel hands to the job's process.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class QuotingTests
{
    private const int JobsEach = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryDirectory _directory = new();
    private BalsamSite _site = null!;

    private string ProbePath => _directory["probe.sh"];

    [OneTimeSetUp]
    public async Task SetUp()
    {
        await File.WriteAllTextAsync(ProbePath, Probe.Script);
        _site = await BalsamSite.OpenAsync(_directory["site"], balsam => balsam
            .AddApplication<Direct>().AddApplication<ByShell>().AddApplication<BehindAPreamble>().AddApplication<Nested>()
            .AddLauncher(options => options.Nodes.Add(new NodeSpec("n1", 8))));
    }

    [OneTimeTearDown]
    public async Task TearDown()
    {
        await _site.DisposeAsync();
        _directory.Dispose();
    }

    [TestCase("Direct")]
    [TestCase("ByShell")]
    [TestCase("BehindAPreamble")]
    [TestCase("Nested")]
    public async Task HostileParameters_ReachTheProcessAsTheyAre(string application)
    {
        await HostileText.Printable.Select(HostileText.Printable.Array[0, 8]).Array[JobsEach].SampleAsync(
            async values =>
            {
                IReadOnlyList<Job> jobs = await _site.Client.SubmitAsync(values.Select(value => New(application, value.Item1, value.Item2)));
                jobs = await _site.Client.WaitAsync(jobs).WaitAsync(Patience);
                for (int i = 0; i < values.Length; i++)
                {
                    (string a, string[] words) = values[i];
                    (string[] arguments, string[] environment) = Told(jobs[i]);
                    Assert.That(arguments, Is.EqualTo([.. (string[])["/bin/sh", ProbePath, a], .. words]), jobs[i].Parameters.Json);
                    Assert.That(environment, Does.Contain($"BALSAM_JOB_ID={jobs[i].Id}"));
                    Assert.That(application != "ByShell" || environment.Contains($"PROBE_VALUE={a}"), Is.True, jobs[i].Parameters.Json);
                }
            },
            iter: 2,
            threads: 1);
        Assert.That(Directory.EnumerateFiles(_directory.Path, "canary*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public async Task AParameterOf100Kilobytes_ReachesTheProcessAsItIs()
    {
        string text = string.Concat(Enumerable.Repeat("'$(: >canary)\n\"ü", 100_000 / 16));
        Job job = await _site.Client.WaitAsync((await _site.Client.SubmitAsync(New("Direct", text, []))).Id).WaitAsync(Patience);
        Assert.That(Told(job).Arguments[^1] == text, Is.True);
    }

    [TestCase("Direct")]
    [TestCase("ByShell")]
    public async Task AParameterLongerThanAnArgumentMayBe_FailsItsJobWithAReason_AndTheLauncherGoesOn(string application)
    {
        Job job = await _site.Client.WaitAsync((await _site.Client.SubmitAsync(New(application, new string('x', 200_000), []))).Id).WaitAsync(Patience);
        Assert.That(job.State, Is.EqualTo(JobState.Failed));
        Assert.That(job.Failure!.Message, Does.Contain("longer than the system allows").And.Contain("in a file"));
        job = await _site.Client.WaitAsync((await _site.Client.SubmitAsync(New(application, "x", []))).Id).WaitAsync(Patience);
        Assert.That(job.State, Is.EqualTo(JobState.JobFinished));
    }

    private NewJob New(string application, string a, string[] words) => new NewJob(application).With("probe", ProbePath).With("a", a).With("words", words);

    private (string[] Arguments, string[] Environment) Told(Job job)
    {
        Assert.That(job.State, Is.EqualTo(JobState.JobFinished), $"{job}: {job.Failure}");
        string[] told = File.ReadAllText(Path.Combine(_site.WorkdirOf(job), "job.out")).Split('\0')[..^1];
        int separator = Array.IndexOf(told, Probe.Separator);
        return (told[..separator], told[(separator + 1)..]);
    }
}
