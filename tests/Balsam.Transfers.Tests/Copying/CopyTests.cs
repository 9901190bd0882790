using System.Diagnostics;
using System.Runtime.Versioning;
using Balsam.Launch.Staging;
using Balsam.Launch.Staging.Trees;
using Balsam.Transfers.Tests.Doubles;

namespace Balsam.Transfers.Tests.Copying;

[SupportedOSPlatform("linux")]
public sealed class CopyTests
{
    private CopySite _site = null!;

    [SetUp]
    public void SetUp() => _site = new CopySite();

    [TearDown]
    public void TearDown() => _site.Dispose();

    [Test]
    public async Task Move_AFileBothWays_ArrivesWithItsBytesAndNothingElse([Values(0, 1, 4096, 3_000_001)] int size, [Values] bool isShared)
    {
        byte[] bytes = CopySite.Bytes(size);
        File.WriteAllBytes(Path.Combine(_site.Far, "a.dat"), bytes);
        IFileTree far = isShared ? _site.FarTree() : _site.Remote();

        TransferResult arrived = await _site.InAsync("in/deep/b.dat", "/a.dat", far: far);
        TransferResult left = await _site.OutAsync("in/deep/b.dat", "/back/c.dat", far: far);

        Assert.That((arrived.Failure, arrived.Files, arrived.Bytes), Is.EqualTo(((TransferException?)null, 1, (long)size)));
        Assert.That((left.Failure, left.Files, left.Bytes), Is.EqualTo(((TransferException?)null, 1, (long)size)));
        CopySite.AssertHolds(Path.Combine(_site.Far, "back", "c.dat"), bytes);
        Assert.That(CopySite.Picture(_site.Workdir), Has.Length.EqualTo(3), "in, in/deep and the file");
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_site.Far, "back")), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Move_ADirectoryBothWays_KeepsEveryName([Values] bool isShared)
    {
        string longest = new('n', 255);
        foreach (string name in (string[])["plain", "two words", "new\nline", "-dash", "back\\slash", "*?[", "ünï", "$(x)", "'\"", longest])
        {
            Directory.CreateDirectory(Path.Combine(_site.Far, "tree", "d " + name.Length, "empty"));
            File.WriteAllText(Path.Combine(_site.Far, "tree", "d " + name.Length, name), name);
        }

        File.WriteAllText(Path.Combine(_site.Far, "tree", "nothing"), "");
        IFileTree far = isShared ? _site.FarTree() : _site.Remote();

        TransferResult arrived = await _site.InAsync("in", "/tree", isRecursive: true, far);
        TransferResult left = await _site.OutAsync("in", "/back", isRecursive: true, far);

        string[] expected = CopySite.Picture(Path.Combine(_site.Far, "tree"));
        Assert.That(arrived.Failure ?? left.Failure, Is.Null);
        Assert.That((arrived.Files, left.Files), Is.EqualTo((11, 11)));
        Assert.That(CopySite.Picture(Path.Combine(_site.Workdir, "in")), Is.EqualTo(expected));
        Assert.That(CopySite.Picture(Path.Combine(_site.Far, "back")), Is.EqualTo(expected));
        Assert.That(Directory.GetFileSystemEntries(_site.Workdir), Has.Length.EqualTo(1), "the manifest is gone");
    }

    [Test]
    public async Task Move_IntoTheWorkdirItself_KeepsTheNameOfAFileAndTheContentsOfADirectory()
    {
        Directory.CreateDirectory(Path.Combine(_site.Far, "tree", "sub"));
        File.WriteAllText(Path.Combine(_site.Far, "tree", "a.xyz"), "a");

        Assert.That((await _site.InAsync(".", "/tree/a.xyz")).Failure, Is.Null);
        Assert.That((await _site.InAsync(".", "/tree", isRecursive: true)).Failure, Is.Null);

        Assert.That(Directory.GetFileSystemEntries(_site.Workdir).Select(Path.GetFileName), Is.EquivalentTo((string[])["a.xyz", "sub"]));
    }

    [Test]
    public async Task Move_TheWholeWorkdirOut_LeavesOutWhatTransfersKeepForThemselves()
    {
        Directory.CreateDirectory(Path.Combine(_site.Workdir, ".balsam-own"));
        File.WriteAllText(Path.Combine(_site.Workdir, ".balsam-own", "x"), "x");
        File.WriteAllText(Path.Combine(_site.Workdir, ".balsam-part-x"), "x");
        File.WriteAllText(Path.Combine(_site.Workdir, "job.out"), "out");

        TransferResult result = await _site.OutAsync(".", "/results", isRecursive: true);

        Assert.That((result.Failure, result.Files), Is.EqualTo(((TransferException?)null, 1)));
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_site.Far, "results")).Select(Path.GetFileName), Is.EqualTo((string[])["job.out"]));
    }

    [Test]
    public async Task Move_AProgram_StaysOne([Values] bool isShared)
    {
        string tool = Path.Combine(_site.Far, "tool");
        File.WriteAllText(tool, "#!/bin/sh\n");
        File.WriteAllText(Path.Combine(_site.Far, "text"), "text");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        IFileTree far = isShared ? _site.FarTree() : _site.Remote();

        await _site.InAsync("tool", "/tool", far: far);
        await _site.InAsync("text", "/text", far: far);

        Assert.That(File.GetUnixFileMode(Path.Combine(_site.Workdir, "tool")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.That(File.GetUnixFileMode(Path.Combine(_site.Workdir, "text")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [TestCase(WorkdirAccess.Owner, "600", "700")]
    [TestCase(WorkdirAccess.Group, "660", "770")]
    [TestCase(WorkdirAccess.Everyone, "666", "777")]
    public async Task Move_In_MakesWhatTheAccessAllows(WorkdirAccess access, string file, string directory)
    {
        File.WriteAllText(Path.Combine(_site.Far, "a"), "a");
        _site.Access = access;
        await _site.InAsync("d/a", "/a");

        UnixFileMode mask = (UnixFileMode)0x1FF ^ Umask();
        Assert.That(File.GetUnixFileMode(Path.Combine(_site.Workdir, "d", "a")), Is.EqualTo((UnixFileMode)Convert.ToInt32(file, 8) & mask));
        Assert.That(File.GetUnixFileMode(Path.Combine(_site.Workdir, "d")), Is.EqualTo((UnixFileMode)Convert.ToInt32(directory, 8) & mask));
    }

    [Test]
    public async Task Move_OverAFileThatIsThere_ReplacesIt()
    {
        File.WriteAllText(Path.Combine(_site.Far, "a"), "new");
        File.WriteAllText(Path.Combine(_site.Workdir, "a"), "older and longer");

        Assert.That((await _site.InAsync("a", "/a")).Failure, Is.Null);
        Assert.That(File.ReadAllText(Path.Combine(_site.Workdir, "a")), Is.EqualTo("new"));
    }

    [Test]
    public async Task Move_WhatIsNotThere_FailsForGood()
    {
        TransferResult result = await _site.InAsync("a", "/missing.xyz");

        Assert.That(result.Failure, Has.Property("IsTransient").False);
        Assert.That(result.Failure!.Message, Does.Contain("'/missing.xyz' is not there").And.Contain("slot 'slot'"));
        Assert.That(Directory.GetFileSystemEntries(_site.Workdir), Is.Empty);
    }

    [Test]
    public async Task Move_ADirectoryIntoASlotForAFile_IsRefused()
    {
        Directory.CreateDirectory(Path.Combine(_site.Workdir, "out"));
        TransferResult result = await _site.OutAsync("out", "/out");
        Assert.That(result.Failure, Has.Property("IsTransient").False);
        Assert.That(result.Failure!.Message, Does.Contain("IsRecursive"));
    }

    [TestCase("/../outside/x", "a")]
    [TestCase("/a/../../x", "a")]
    [TestCase("/a", "../x")]
    [TestCase("/a", "b/../../x")]
    public async Task Move_APathThatLeadsUp_IsRefused(string remote, string local)
    {
        TransferResult result = await _site.InAsync(local, remote);
        Assert.That(result.Failure, Has.Property("IsTransient").False);
        Assert.That(result.Failure!.Message, Does.Contain("'..'"));
    }

    [Test]
    public async Task Move_APipe_IsRefusedAndNobodyWaitsForIt([Values("pipe", "tree")] string item)
    {
        Directory.CreateDirectory(Path.Combine(_site.Workdir, "tree"));
        Run("mkfifo", Path.Combine(_site.Workdir, "pipe"), Path.Combine(_site.Workdir, "tree", "pipe"));
        TransferResult result = await _site.OutAsync(item, "/x", isRecursive: true);
        Assert.That(result.Failure, Has.Property("IsTransient").False);
        Assert.That(result.Failure!.Message, Does.Contain("pipe, a socket or a device"));
    }

    [Test]
    public async Task Move_ANameThatIsNoText_IsRefusedAndNamesTheDirectory()
    {
        Directory.CreateDirectory(Path.Combine(_site.Workdir, "out"));
        Run("sh", "-c", $"printf x > \"$(printf '{_site.Workdir}/out/bad\\377')\"");
        TransferResult result = await _site.OutAsync("out", "/x", isRecursive: true);
        Run("rm", "-r", Path.Combine(_site.Workdir, "out"));
        Assert.That(result.Failure, Has.Property("IsTransient").False);
        Assert.That(result.Failure!.Message, Does.Contain("UTF-8").And.Contain("work/out"));
    }

    [Test]
    public async Task Move_ASourceThatVanishesBetweenListAndOpen_FailsForNowAndArrivesThen()
    {
        foreach (string name in (string[])["a", "b", "c"])
        {
            Directory.CreateDirectory(Path.Combine(_site.Far, "tree"));
            File.WriteAllText(Path.Combine(_site.Far, "tree", name), name);
        }

        TreeDouble far = _site.Remote();
        far.Opening = path =>
        {
            if (path.EndsWith("/b", StringComparison.Ordinal))
            {
                File.Delete(Path.Combine(_site.Far, "tree", "b"));
            }
        };

        TransferResult first = await _site.InAsync("in", "/tree", isRecursive: true, far);
        Assert.That(first.Failure, Has.Property("IsTransient").True);
        Assert.That(first.Failure!.Message, Does.Contain("/tree/b").And.Contain("gone"));

        TransferResult second = await _site.InAsync("in", "/tree", isRecursive: true, far);
        Assert.That((second.Failure, second.Files), Is.EqualTo(((TransferException?)null, 2)));
    }

    [Test]
    public async Task Move_ASourceThatIsWrittenMeanwhile_FailsForNowAndLeavesNothing([Values] bool growing)
    {
        string path = Path.Combine(_site.Far, "a");
        File.WriteAllBytes(path, CopySite.Bytes(2_000_000));
        TreeDouble far = _site.Remote();
        bool written = false;
        far.Reading = _ =>
        {
            if (!written)
            {
                written = true;
                File.WriteAllBytes(path, CopySite.Bytes(growing ? 2_500_000 : 2_000_000, seed: 2));
                File.SetLastWriteTimeUtc(path, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            }
        };

        TransferResult first = await _site.InAsync("a", "/a", far: far);
        Assert.That(first.Failure, Has.Property("IsTransient").True);
        Assert.That(first.Failure!.Message, Does.Contain("has changed"));
        Assert.That(File.Exists(Path.Combine(_site.Workdir, "a")), Is.False);

        Assert.That((await _site.InAsync("a", "/a", far: far)).Failure, Is.Null);
        CopySite.AssertHolds(Path.Combine(_site.Workdir, "a"), File.ReadAllBytes(path));
        Assert.That(Directory.GetFileSystemEntries(_site.Workdir), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Move_ABatch_TellsOfEachItemAndOneFailureLeavesTheOthers()
    {
        File.WriteAllText(Path.Combine(_site.Far, "a"), "a");
        TransferTask[] tasks = [.. Enumerable.Range(0, 20).Select(i => _site.Task(TransferDirection.In, $"to-{i}", i == 7 ? "/missing" : "/a"))];
        tasks = [.. tasks.Select((task, i) => task with { Item = task.Item with { Slot = $"slot-{i}" } })];
        List<TransferResult> results = [];
        await foreach (TransferResult result in new OneTreeProvider(_site.Remote()).MoveAsync(new TransferBatch(new Uri("file:///"), TransferDirection.In, tasks), default))
        {
            results.Add(result);
        }

        Assert.That(results.Select(result => result.Task), Is.EquivalentTo(tasks));
        Assert.That(results.Where(result => result.Failure is not null).Select(result => result.Task.Item.LocalPath), Is.EqualTo((string[])["to-7"]));
        Assert.That(Directory.GetFileSystemEntries(_site.Workdir), Has.Length.EqualTo(19));
    }

    [Test]
    public async Task Move_Cancelled_EndsAsCancelled()
    {
        File.WriteAllBytes(Path.Combine(_site.Far, "a"), CopySite.Bytes(3_000_000));
        using var over = new CancellationTokenSource();
        TreeDouble far = _site.Remote();
        far.Reading = _ => over.Cancel();
        await Assert.ThatAsync(() => CopySite.MoveAsync(_site.Task(TransferDirection.In, "a", "/a"), far, cancellationToken: over.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(File.Exists(Path.Combine(_site.Workdir, "a")), Is.False);
    }

    [Test]
    public async Task Move_OnASystemWithoutCallsThatOpenNameByName_WorksTheSame()
    {
        Directory.CreateDirectory(Path.Combine(_site.Far, "tree", "sub"));
        File.WriteAllText(Path.Combine(_site.Far, "tree", "sub", "a"), "a");
        Directory.CreateSymbolicLink(Path.Combine(_site.Workdir, "link"), _site.Outside);
        var work = new DiskTree(new PortableDisk(_site.Workdir, null, WorkdirAccess.Owner));
        var far = new DiskTree(new PortableDisk(_site.Far, null, WorkdirAccess.Everyone));

        TransferResult arrived = await CopySite.MoveAsync(_site.Task(TransferDirection.In, "in", "/tree", isRecursive: true, work), far);
        TransferResult refused = await CopySite.MoveAsync(_site.Task(TransferDirection.In, "link/a", "/tree/sub/a", workdir: work), far);

        Assert.That(arrived.Failure, Is.Null);
        Assert.That(CopySite.Picture(Path.Combine(_site.Workdir, "in")), Is.EqualTo(CopySite.Picture(Path.Combine(_site.Far, "tree"))));
        Assert.That(refused.Failure?.Message, Does.Contain("is a symbolic link"));
        Assert.That(Directory.GetFileSystemEntries(_site.Outside), Is.Empty);
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
    }

    private static UnixFileMode Umask()
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("Umask:", StringComparison.Ordinal));
        return (UnixFileMode)Convert.ToInt32(line["Umask:".Length..].Trim(), 8);
    }
}
