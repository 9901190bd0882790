using System.Runtime.Versioning;
using Balsam.Launch.Staging;
using Balsam.Launch.Staging.Trees;
using Balsam.Tests;

namespace Balsam.Transfers.Sftp.Tests;

/// <summary>Items of jobs to and from a real server: what arrives, what is resumed, what is never seen half.</summary>
[Platform("Linux")]
[SupportedOSPlatform("linux")]
internal sealed class SftpTransferProviderTests : SftpFixture
{
    private const int Megabyte = 1 << 20;

    private DirectoryInfo _workdir = null!;

    [SetUp]
    public void MakeWorkdir() => _workdir = Directory.CreateTempSubdirectory("balsam-sftp-");

    [TearDown]
    public void RemoveWorkdir() => _workdir.Delete(recursive: true);

    [Test]
    public async Task Move_FileIn_IsThereWithItsBytesAndCounted()
    {
        byte[] bytes = Bytes(3 * Megabyte);
        File.WriteAllBytes(At("far.bin"), bytes);

        TransferResult result = await MoveAsync(Item(TransferDirection.In, "/far.bin", "near/input.bin"));

        Assert.That((result.Failure, result.Files, result.Bytes), Is.EqualTo(((TransferException?)null, 1, (long)bytes.Length)));
        Assert.That(File.ReadAllBytes(Near("near/input.bin")), Is.EqualTo(bytes));
    }

    [Test]
    public async Task Move_DirectoriesBothWays_HaveEverythingInThem()
    {
        Directory.CreateDirectory(At("tree/empty"));
        Directory.CreateDirectory(At("tree/b/c"));
        for (int i = 0; i < 50; i++)
        {
            File.WriteAllText(At($"tree/b/c/file {i}"), new string('x', i));
        }

        File.WriteAllText(At("tree/run"), "#!/bin/sh");
        File.SetUnixFileMode(At("tree/run"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(At("tree/latest"), "b/c/file 7");

        TransferResult brought = await MoveAsync(Item(TransferDirection.In, "/tree", "here") with { IsRecursive = true });
        TransferResult taken = await MoveAsync(Item(TransferDirection.Out, "/copies/of/tree", "here") with { IsRecursive = true });
        TransferResult again = await MoveAsync(Item(TransferDirection.Out, "/copies/of/tree", "here") with { IsRecursive = true });

        Assert.That((brought.Failure, taken.Failure, again.Failure), Is.EqualTo(((TransferException?)null, (TransferException?)null, (TransferException?)null)));
        Assert.That((brought.Files, brought.Bytes), Is.EqualTo((51, (50L * 49 / 2) + 9)));
        Assert.That(Shape(At("copies/of/tree")), Is.EqualTo(Shape(At("tree"))));
        Assert.That(Shape(Near("here")), Is.EqualTo(Shape(At("tree"))));
        Assert.That(File.GetUnixFileMode(At("copies/of/tree/run")).HasFlag(UnixFileMode.UserExecute));
        Assert.That(File.ResolveLinkTarget(At("copies/of/tree/latest"), returnFinalTarget: true)!.FullName, Is.EqualTo(At("copies/of/tree/b/c/file 7")));
    }

    [Test]
    public async Task Move_FileMissing_FailsForGoodAndTheOthersArrive()
    {
        File.WriteAllText(At("here"), "1");

        List<TransferResult> results = await MoveAllAsync(Item(TransferDirection.In, "/none", "a"), Item(TransferDirection.In, "/here", "b"));

        TransferException? failure = results.Single(result => result.Task.Item.Slot == "a").Failure;
        Assert.That(failure!.IsTransient, Is.False);
        Assert.That(failure.Message, Does.Contain("/none"));
        Assert.That(results.Single(result => result.Task.Item.Slot == "b").Failure, Is.Null);
        Assert.That(File.ReadAllText(Near("b")), Is.EqualTo("1"));
    }

    [Test]
    public async Task Move_ManyItems_TakeOneConnection()
    {
        TransferItem[] items = [.. Enumerable.Range(0, 40).Select(i => Item(TransferDirection.In, $"/{i}", $"{i}"))];
        for (int i = 0; i < items.Length; i++)
        {
            File.WriteAllText(At($"{i}"), $"{i}");
        }

        int before = Server.Logins();
        List<TransferResult> results = await MoveAllAsync(items);

        Assert.That(results.Select(result => result.Failure), Is.All.Null);
        Assert.That(Server.Logins() - before, Is.EqualTo(1));
    }

    [Test]
    public async Task Move_OutAndNotWholeYet_IsSeenUnderATemporaryNameOnly()
    {
        File.WriteAllBytes(Near("result"), Bytes(4 * Megabyte));
        File.WriteAllText(At("result"), "of the last run");
        string[]? seen = null;
        string? old = null;
        var workdir = new WatchedTree(Tree())
        {
            AtByte = 3 * Megabyte,
            Do = () =>
            {
                seen = [.. Directory.GetFiles(Far).Select(path => Path.GetFileName(path)!)];
                old = File.ReadAllText(At("result"));
            },
        };

        TransferResult result = await MoveAsync(Item(TransferDirection.Out, "/result", "result"), workdir);

        Assert.That(result.Failure, Is.Null);
        Assert.That(seen, Has.Length.EqualTo(2).And.One.EqualTo("result").And.One.StartsWith(".balsam-part-"));
        Assert.That(old, Is.EqualTo("of the last run"));
        Assert.That(Directory.GetFiles(Far), Is.EqualTo(new[] { At("result") }));
        Assert.That(File.ReadAllBytes(At("result")), Is.EqualTo(File.ReadAllBytes(Near("result"))));
    }

    [Test]
    public async Task Move_ConnectionCutOnTheWayIn_FailsForNowAndTheRestOnlyIsCopiedLater()
    {
        byte[] bytes = Bytes(24 * Megabyte);
        File.WriteAllBytes(At("far"), bytes);
        TransferItem item = Item(TransferDirection.In, "/far", "near");
        var cut = new WatchedTree(Tree()) { AtByte = 5 * Megabyte, Do = Server.KillSessions };

        TransferResult first = await MoveAsync(item, cut);
        var watched = new WatchedTree(Tree());
        TransferResult second = await MoveAsync(item, watched);

        Assert.That(first.Failure, Has.Property(nameof(TransferException.IsTransient)).True, "the connection was lost");
        Assert.That(cut.WrittenTo("near"), Is.InRange(5 * Megabyte, bytes.Length - 1));
        Assert.That(second.Failure, Is.Null);
        Assert.That(watched.WrittenTo("near"), Is.EqualTo(bytes.Length - cut.WrittenTo("near")));
        Assert.That(File.ReadAllBytes(Near("near")), Is.EqualTo(bytes));
    }

    [Test]
    public async Task Move_ConnectionCutOnTheWayOut_FailsForNowAndGoesOnWhereItWasNoted()
    {
        byte[] bytes = Bytes(40 * Megabyte);
        File.WriteAllBytes(Near("near"), bytes);
        TransferItem item = Item(TransferDirection.Out, "/far", "near");
        var cut = new WatchedTree(Tree()) { AtByte = 36 * Megabyte, Do = Server.KillSessions };

        TransferResult first = await MoveAsync(item, cut);
        Assert.That(File.Exists(At("far")), Is.False, "its name is there when it is whole");
        File.SetLastWriteTimeUtc(Directory.GetFiles(Far).Single(), DateTime.UnixEpoch);
        var watched = new WatchedTree(Tree());
        TransferResult second = await MoveAsync(item, watched);

        Assert.That(first.Failure, Has.Property(nameof(TransferException.IsTransient)).True, "the connection was lost");
        Assert.That(second.Failure, Is.Null);
        Assert.That(watched.Opened, Does.Contain(("near", 32L * Megabyte)), "what was noted as arrived is not sent again");
        Assert.That(File.ReadAllBytes(At("far")), Is.EqualTo(bytes));
    }

    [Test]
    public async Task Move_FilesOfADirectoryArrivedBeforeTheCut_AreNotCopiedAgain()
    {
        Directory.CreateDirectory(At("many"));
        for (int i = 0; i < 20; i++)
        {
            File.WriteAllBytes(At($"many/{i:00}"), Bytes(Megabyte / 2));
        }

        TransferItem item = Item(TransferDirection.In, "/many", "many") with { IsRecursive = true };
        var cut = new WatchedTree(Tree()) { AtByte = 5 * Megabyte, Do = Server.KillSessions };
        TransferResult first = await MoveAsync(item, cut);
        string[] arrived = [.. Directory.GetFiles(Near("many")).Where(path => !Path.GetFileName(path).StartsWith('.'))];
        var watched = new WatchedTree(Tree());
        TransferResult second = await MoveAsync(item, watched);

        Assert.That(first.Failure, Has.Property(nameof(TransferException.IsTransient)).True);
        Assert.That(arrived, Is.Not.Empty);
        Assert.That((second.Failure, second.Files), Is.EqualTo(((TransferException?)null, 20)));
        Assert.That(watched.Written, Is.LessThanOrEqualTo((20 - arrived.Length) * Megabyte / 2));
        Assert.That(Shape(Near("many")), Is.EqualTo(Shape(At("many"))));
    }

    [Test]
    public async Task Move_FarDiskFull_FailsForNowAndGoesOnWhenThereIsRoom()
    {
        using SmallDisk disk = SmallDisk.MountOrIgnore(At("disk"), 48 * 1024);
        byte[] bytes = Bytes(40 * Megabyte);
        File.WriteAllBytes(Near("near"), bytes);
        disk.Fill(leaving: 20 * Megabyte);
        TransferItem item = Item(TransferDirection.Out, "/disk/far", "near");

        TransferResult full = await MoveAsync(item);
        disk.Free();
        var watched = new WatchedTree(Tree());
        TransferResult later = await MoveAsync(item, watched);

        Assert.That(full.Failure!.IsTransient, full.Failure.Message);
        Assert.That(full.Failure.Message, Does.Contain("disk is full"));
        Assert.That(later.Failure, Is.Null);
        Assert.That(watched.Opened, Does.Contain(("near", 16L * Megabyte)), "what was noted as arrived is not sent again");
        Assert.That(File.ReadAllBytes(At("disk/far")), Is.EqualTo(bytes));
    }

    private static TransferItem Item(TransferDirection direction, string remote, string local) =>
        new() { Slot = local, Direction = direction, Remote = TransferAddress.Parse("far:" + remote), LocalPath = local };

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static string[] Shape(string root) =>
    [
        .. Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path) + (Directory.Exists(path) ? "/" : " " + File.ReadAllText(path))).Order(StringComparer.Ordinal),
    ];

    private string Near(string name) => Path.Combine(_workdir.FullName, name);

    private DiskTree Tree() => new(_workdir.FullName, WorkdirAccess.Owner);

    private async Task<TransferResult> MoveAsync(TransferItem item, IFileTree? workdir = null) => (await MoveAllAsync(workdir ?? Tree(), item)).Single();

    private Task<List<TransferResult>> MoveAllAsync(params TransferItem[] items) => MoveAllAsync(Tree(), items);

    private async Task<List<TransferResult>> MoveAllAsync(IFileTree workdir, params TransferItem[] items)
    {
        var provider = new SftpTransferProvider(new SftpConnector(Options(), null));
        List<TransferResult> results = [];
        TransferTask[] tasks = [.. items.Select(item => new TransferTask(new JobId(7), item, item.Remote.Path, workdir))];
        await foreach (TransferResult result in provider.MoveAsync(new TransferBatch(Address, items[0].Direction, tasks), default))
        {
            results.Add(result);
        }

        return results;
    }
}
