using System.Runtime.Versioning;
using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

/// <summary>A working directory that somebody exchanges for a link while processes are started in it.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class ConfinementTests
{
    private const int Starts = 300;

    private RunnerHarness _harness = null!;

    private string Root => Path.Combine(_harness.Directory, "root");

    private string Outside => Path.Combine(_harness.Directory, "outside");

    [SetUp]
    public void SetUp()
    {
        _harness = new RunnerHarness(RunnerKind.Linux);
        Directory.CreateDirectory(Root);
        Directory.CreateDirectory(Outside);
    }

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    [Test]
    public async Task Start_WhileALinkComesAndGoes_NeverWritesOutside()
    {
        using var over = new CancellationTokenSource();
        Task exchanging = Task.Run(() => Exchange(over.Token));
        RunExit[] exits = await RunnerHarness.Soon(Task.WhenAll(Enumerable.Range(0, Starts).Select(i => _harness.Start(Request(Path.Combine(Root, "work", $"{i % 7}"), "touch", "made")))));
        await over.CancelAsync();
        await RunnerHarness.Soon(exchanging);
        Assert.That(Directory.GetFileSystemEntries(Outside), Is.Empty);
        Assert.That(exits.Where(exit => !exit.Succeeded).Select(exit => exit.Message), Has.All.Contain("working directory").Or.Contain("output file"));
    }

    [Test]
    public async Task Start_Refused_LeavesNoDescriptorOpen()
    {
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), Outside);
        await _harness.RunAsync(Request(Path.Combine(Root, "warm"), "true"));
        int before = Descriptors();
        for (int i = 0; i < 50; i++)
        {
            RunExit refused = await _harness.RunAsync(Request(Path.Combine(Root, "link", "below"), "true"));
            Assert.That((refused.Kind, refused.Message), Is.EqualTo((RunExitKind.StartFailed, refused.Message)));
            Assert.That(refused.Message, Does.Contain($"'{Root}/link' is a symbolic link"));
            Assert.That((await _harness.RunAsync(Request(Path.Combine(Root, "a", "b", "c"), "true"))).Succeeded, Is.True);
        }

        Assert.That(Descriptors(), Is.LessThan(before + 40));
    }

    [TestCase(RunnerKind.Linux)]
    [TestCase(RunnerKind.Portable)]
    public async Task Start_InADirectoryThatIsNotBelowTheRoot_IsRefused(RunnerKind kind)
    {
        await using var harness = new RunnerHarness(kind);
        foreach (string workdir in (string[])[Outside, Root + "/../outside", Root + "x"])
        {
            RunExit exit = await harness.RunAsync(harness.Request("touch", "made") with { Workdir = workdir, Root = Root });
            Assert.That(exit.Kind, Is.EqualTo(RunExitKind.StartFailed), workdir);
        }

        Assert.That(Directory.GetFileSystemEntries(Outside), Is.Empty);
        Assert.That(Directory.Exists(Root + "x"), Is.False);
    }

    [TestCase(RunnerKind.Linux)]
    [TestCase(RunnerKind.Portable)]
    public async Task Start_BehindALink_IsRefused_AndFollowedWithoutARoot(RunnerKind kind)
    {
        await using var harness = new RunnerHarness(kind);
        string target = Path.Combine(_harness.Directory, "target");
        Directory.CreateDirectory(target);
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), target);
        RunRequest request = harness.Request("touch", "made") with { Workdir = Path.Combine(Root, "link", "below"), Root = Root };
        RunExit refused = await harness.RunAsync(request);
        Assert.That(refused.Message, Does.Contain("is a symbolic link"));
        Assert.That(Directory.GetFileSystemEntries(target), Is.Empty);
        RunExit followed = await harness.RunAsync(request with { Root = null });
        Assert.That(followed.Succeeded, Is.True, followed.Describe());
        Assert.That(File.Exists(Path.Combine(target, "below", "made")), Is.True);
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private RunRequest Request(string workdir, string program, params string[] arguments) => _harness.Request(program, arguments) with { Workdir = workdir, Root = Root };

    // The directory goes, a link to the outside comes in its place, and back again.
    private void Exchange(CancellationToken over)
    {
        string work = Path.Combine(Root, "work");
        while (!over.IsCancellationRequested)
        {
            try
            {
                Directory.CreateSymbolicLink(work, Outside);
                File.Delete(work);
                Directory.CreateDirectory(work);
                Directory.Move(work, Path.Combine(Root, Guid.NewGuid().ToString("N")));
            }
            catch (IOException)
            {
                // A start has made the directory before the link could be.
                if (new FileInfo(work).LinkTarget is null && Directory.Exists(work))
                {
                    Directory.Move(work, Path.Combine(Root, Guid.NewGuid().ToString("N")));
                }
            }
        }
    }
}
