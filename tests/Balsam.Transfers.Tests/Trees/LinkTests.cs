using System.Runtime.Versioning;
using Balsam.Launch.Staging;
using Balsam.Launch.Staging.Copying;
using Balsam.Launch.Staging.Trees;
using Balsam.Transfers.Tests.Doubles;

namespace Balsam.Transfers.Tests.Trees;

/// <summary>Symbolic links at every place of a path, planted before and exchanged meanwhile: nothing outside is read or written.</summary>
[Platform("Linux")]
[SupportedOSPlatform("linux")]
public sealed class LinkTests
{
    private const string Secret = "what nobody may see";
    private const int Rounds = 300;

    private CopySite _site = null!;

    [SetUp]
    public void SetUp()
    {
        _site = new CopySite();
        File.WriteAllText(Path.Combine(_site.Outside, "file"), Secret);
        File.WriteAllText(Path.Combine(_site.Far, "a"), "a");
    }

    [TearDown]
    public void TearDown()
    {
        Assert.That(CopySite.Picture(_site.Outside), Has.Length.EqualTo(1), "nothing was written outside");
        Assert.That(File.ReadAllText(Path.Combine(_site.Outside, "file")), Is.EqualTo(Secret));
        _site.Dispose();
    }

    [TestCase("link/a", TestName = "Move_InBehindALink_IsRefused")]
    [TestCase("link/sub/a", TestName = "Move_InDeepBehindALink_IsRefused")]
    [TestCase("d/link/a", TestName = "Move_InBehindALinkInADirectory_IsRefused")]
    [TestCase("link", TestName = "Move_InOverALinkToADirectory_IsRefused")]
    [TestCase("file", TestName = "Move_InOverALinkToAFile_IsRefused")]
    public async Task Move_In_IsRefused(string local)
    {
        Directory.CreateDirectory(Path.Combine(_site.Workdir, "d"));
        Directory.CreateSymbolicLink(Path.Combine(_site.Workdir, "link"), _site.Outside);
        Directory.CreateSymbolicLink(Path.Combine(_site.Workdir, "d", "link"), _site.Outside);
        File.CreateSymbolicLink(Path.Combine(_site.Workdir, "file"), Path.Combine(_site.Outside, "file"));

        AssertRefused(await _site.InAsync(local, "/a"));
        AssertRefused(await _site.InAsync(local, "/a", far: _site.Remote()));
    }

    [TestCase("link/file")]
    [TestCase("file")]
    [TestCase("d/link/file")]
    public async Task Move_OutThroughALink_IsRefused(string local)
    {
        Directory.CreateDirectory(Path.Combine(_site.Workdir, "d"));
        Directory.CreateSymbolicLink(Path.Combine(_site.Workdir, "link"), _site.Outside);
        Directory.CreateSymbolicLink(Path.Combine(_site.Workdir, "d", "link"), _site.Outside);
        File.CreateSymbolicLink(Path.Combine(_site.Workdir, "file"), Path.Combine(_site.Outside, "file"));

        AssertRefused(await _site.OutAsync(local, "/stolen"));
        Assert.That(File.Exists(Path.Combine(_site.Far, "stolen")), Is.False);
    }

    [TestCase("link/file", "/x", TransferDirection.Out)]
    [TestCase("a", "/link/file", TransferDirection.In)]
    [TestCase("a", "/file", TransferDirection.In)]
    public async Task Move_LinkBelowALocation_IsNotFollowed(string local, string remote, TransferDirection direction)
    {
        Directory.CreateSymbolicLink(Path.Combine(_site.Far, "link"), _site.Outside);
        Directory.CreateSymbolicLink(Path.Combine(_site.Workdir, "link"), _site.Outside);
        File.CreateSymbolicLink(Path.Combine(_site.Far, "file"), Path.Combine(_site.Outside, "file"));
        AssertRefused(direction == TransferDirection.In ? await _site.InAsync(local, remote) : await _site.OutAsync(local, remote));
    }

    [Test]
    public async Task Move_ManifestThatIsALink_IsNotFollowed()
    {
        TransferTask task = _site.Task(TransferDirection.In, "b", "/a");
        File.CreateSymbolicLink(Path.Combine(_site.Workdir, ReservedNames.Manifest(task.Item)), Path.Combine(_site.Outside, "file"));
        AssertRefused(await CopySite.MoveAsync(task, _site.Remote()));
    }

    [Test]
    public async Task Move_PartThatIsALink_IsNotFollowed()
    {
        TransferTask task = _site.Task(TransferDirection.In, "b", "/a");
        File.CreateSymbolicLink(Path.Combine(_site.Workdir, ReservedNames.Part(task, "b")), Path.Combine(_site.Outside, "file"));
        AssertRefused(await CopySite.MoveAsync(task, _site.Remote()));
    }

    [Test]
    public async Task Move_LinksThatStayInTheDirectory_TravelWithIt([Values] TransferDirection direction)
    {
        string source = Path.Combine(direction == TransferDirection.In ? _site.Far : _site.Workdir, "tree");
        string destination = Path.Combine(direction == TransferDirection.In ? _site.Workdir : _site.Far, "copy");
        Directory.CreateDirectory(Path.Combine(source, "steps", "1"));
        File.WriteAllText(Path.Combine(source, "steps", "1", "x"), "x");
        Directory.CreateSymbolicLink(Path.Combine(source, "latest"), "steps/1");
        File.CreateSymbolicLink(Path.Combine(source, "steps", "up"), "../latest/x");
        File.CreateSymbolicLink(Path.Combine(source, "steps", "nowhere"), "missing");

        for (int i = 0; i < 2; i++)
        {
            TransferResult result = direction == TransferDirection.In
                ? await _site.InAsync("copy", "/tree", isRecursive: true)
                : await _site.OutAsync("tree", "/copy", isRecursive: true);
            Assert.That((result.Failure, result.Files), Is.EqualTo(((TransferException?)null, 1)));
            Assert.That(CopySite.Picture(destination), Is.EqualTo(CopySite.Picture(source)));
        }
    }

    [TestCase("/etc/passwd")]
    [TestCase("../outside")]
    [TestCase("sub/../../outside")]
    [TestCase("..")]
    public async Task Move_ALinkThatLeadsOutOfTheDirectory_IsRefusedAndNamed(string target)
    {
        Directory.CreateDirectory(Path.Combine(_site.Workdir, "out", "sub"));
        File.CreateSymbolicLink(Path.Combine(_site.Workdir, "out", "link"), target);
        TransferResult result = await _site.OutAsync("out", "/copy", isRecursive: true);
        AssertRefused(result);
        Assert.That(result.Failure!.Message, Does.Contain("'out/link'").And.Contain(target));
    }

    [TestCase("a", "b", true)]
    [TestCase("d/a", "../b", true)]
    [TestCase("d/e/a", "../../b/c", true)]
    [TestCase("d/a", "..", true)]
    [TestCase("a", "..", false)]
    [TestCase("d/a", "../../b", false)]
    [TestCase("a", "b/..", false)]
    [TestCase("a", "b/../../c", false)]
    [TestCase("a", "/b", false)]
    [TestCase("a", "", false)]
    public void Stays_TakesWhatCannotLeave(string path, string target, bool stays) => Assert.That(InnerLink.Stays(path, target), Is.EqualTo(stays));

    [Test]
    public async Task Move_ADirectoryThatBecomesALinkMeanwhile_IsRefusedAndNothingStaysOpen()
    {
        Directory.CreateDirectory(Path.Combine(_site.Far, "tree"));
        File.WriteAllText(Path.Combine(_site.Far, "tree", "a"), "a");
        File.WriteAllText(Path.Combine(_site.Far, "tree", "b"), "b");
        var far = new TreeDouble(_site.FarTree()) { IsLocal = true, Opening = path => ExchangeBefore(path, "/tree/b", "copy") };

        AssertRefused(await _site.InAsync("copy", "/tree", isRecursive: true, far));

        Assert.That(File.ReadAllText(Path.Combine(_site.Workdir, "old", "a")), Is.EqualTo("a"));
        Assert.That(Directory.GetFiles("/proc/self/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget), Has.None.StartsWith(_site.Workdir));
    }

    [Test]
    public async Task Hold_TheDirectoryBecomesALink_StaysInTheDirectoryUntilAnotherIsUsed()
    {
        Directory.CreateDirectory(Path.Combine(_site.Workdir, "d"));
        await using DiskTree held = _site.WorkTree().Hold();
        Assert.That(await held.FindAsync("d/file", default), Is.Null);
        ExchangeBefore("", "", "d");

        Assert.That(await held.FindAsync("d/file", default), Is.Null, "that which is outside is not seen");
        await (await held.OpenWriteAsync("d/part", 0, isExecutable: false, default)).DisposeAsync();
        await held.RenameAsync("d/part", "d/whole", default);
        Assert.That(File.Exists(Path.Combine(_site.Workdir, "old", "whole")), Is.True);

        Assert.That(await held.FindAsync("old/whole", default), Is.Not.Null);
        TransferException? refused = await Assert.ThrowsAsync<TransferException>(() => held.FindAsync("d/file", default));
        Assert.That(refused!.Message, Does.Contain("symbolic link"));
    }

    [Test]
    public async Task Move_WhileALinkComesAndGoes_NeitherReadsNorWritesOutside()
    {
        string work = Path.Combine(_site.Workdir, "d");
        using var over = new CancellationTokenSource();
        Task exchanging = Task.Run(() => Exchange(work, over.Token));
        List<TransferResult> results = [];
        for (int i = 0; i < Rounds; i++)
        {
            results.Add(await _site.InAsync("d/made", "/a"));
            results.Add(await _site.OutAsync("d/file", "/stolen"));
            results.Add(await _site.OutAsync("d", $"/tree{i % 3}", isRecursive: true));
        }

        await over.CancelAsync();
        await exchanging;
        Assert.That(Directory.GetFiles(_site.Far, "*", SearchOption.AllDirectories).Select(File.ReadAllText), Has.None.Contains(Secret));
        Assert.That(results.Any(result => result.Failure?.Message.Contains("symbolic link", StringComparison.Ordinal) == true), Is.True, "the link was met");
    }

    private static void AssertRefused(TransferResult result)
    {
        Assert.That(result.Failure, Is.Not.Null);
        Assert.That(result.Failure!.IsTransient, Is.False, result.Failure.Message);
        Assert.That(result.Failure.Message, Does.Contain("symbolic link"));
    }

    private void ExchangeBefore(string path, string wanted, string name)
    {
        if (path == wanted)
        {
            Directory.Move(Path.Combine(_site.Workdir, name), Path.Combine(_site.Workdir, "old"));
            Directory.CreateSymbolicLink(Path.Combine(_site.Workdir, name), _site.Outside);
        }
    }

    private void Exchange(string work, CancellationToken over)
    {
        int turn = 0;
        while (!over.IsCancellationRequested)
        {
            try
            {
                Directory.CreateSymbolicLink(work, _site.Outside);
                File.Delete(work);
                Directory.CreateDirectory(work);
                Directory.Move(work, Path.Combine(_site.Workdir, $"old-{turn++}"));
            }
            catch (IOException)
            {
                // A transfer has made the directory before the link could be.
                if (new FileInfo(work).LinkTarget is null && Directory.Exists(work))
                {
                    Directory.Move(work, Path.Combine(_site.Workdir, $"old-{turn++}"));
                }
            }
        }
    }
}
