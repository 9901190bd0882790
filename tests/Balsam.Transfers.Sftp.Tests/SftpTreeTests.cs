using System.Runtime.Versioning;
using System.Text;
using Balsam.Launch.Staging;

namespace Balsam.Transfers.Sftp.Tests;

/// <summary>Files at a real server.</summary>
[Platform("Linux")]
[SupportedOSPlatform("linux")]
internal sealed class SftpTreeTests : SftpFixture
{
    private SftpTree _tree = null!;

    [SetUp]
    public async Task Connect() => _tree = await ConnectAsync();

    [TearDown]
    public async Task Disconnect() => await _tree.DisposeAsync();

    [Test]
    public async Task Find_File_SaysSizeTimeAndMode()
    {
        File.WriteAllText(At("a"), "12345");
        File.SetUnixFileMode(At("a"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(At("a"), new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        FileEntry? found = await _tree.FindAsync("/a", default);

        Assert.That(found, Is.EqualTo(new FileEntry("/a", FileEntryKind.File, 5, "1767323045", UnixFileMode.UserRead | UnixFileMode.UserExecute)));
    }

    [TestCase("none")]
    [TestCase("none/below")]
    [TestCase("file/below")]
    [TestCase("nowhere")]
    public async Task Find_NothingThere_IsNull(string name)
    {
        File.WriteAllText(At("file"), "");
        File.CreateSymbolicLink(At("nowhere"), "none");

        Assert.That(await _tree.FindAsync(name, default), Is.Null);
    }

    [TestCase("latest", "run7")]
    [TestCase("chain", "run7")]
    [TestCase("up", "../run7")]
    public async Task Find_Link_IsALinkAndSaysWhereItLeads(string name, string target)
    {
        Directory.CreateDirectory(At("below"));
        File.WriteAllText(At("run7"), "12345");
        File.WriteAllText(Path.Combine(Server.Files, "run7"), "");
        File.CreateSymbolicLink(At("latest"), "run7");
        File.CreateSymbolicLink(At("chain"), "latest");
        File.CreateSymbolicLink(At("up"), "../run7");

        Assert.That(await _tree.FindAsync(name, default), Has.Property(nameof(FileEntry.Kind)).EqualTo(FileEntryKind.Link).And.Property(nameof(FileEntry.LinkTarget)).EqualTo(target));
    }

    [Test]
    public async Task Find_FileBehindALinkedDirectory_IsTheFile()
    {
        Directory.CreateDirectory(At("disk2/data"));
        File.WriteAllText(At("disk2/data/a"), "12345");
        File.CreateSymbolicLink(At("data"), "disk2/data");

        Assert.That(await _tree.FindAsync("data/a", default), Has.Property(nameof(FileEntry.Kind)).EqualTo(FileEntryKind.File).And.Property(nameof(FileEntry.Size)).EqualTo(5));
    }

    [Test]
    public async Task MakeDirectory_BehindALink_IsMadeWhereItLeads()
    {
        Directory.CreateDirectory(At("disk2"));
        File.CreateSymbolicLink(At("data"), "disk2");

        await _tree.MakeDirectoryAsync("data", default);
        await _tree.MakeDirectoryAsync("data/out", default);

        Assert.That(Directory.Exists(At("disk2/out")));
    }

    [Test]
    public async Task List_Directory_HasEverythingBelowInOrder()
    {
        Directory.CreateDirectory(At("b/empty"));
        Directory.CreateDirectory(At("b/full"));
        File.WriteAllText(At("b/full/x"), "");
        File.WriteAllText(At("a"), "");
        File.WriteAllText(At("ü !"), "");
        File.CreateSymbolicLink(At("to-a"), "a");
        File.CreateSymbolicLink(At("to-b"), "b");

        File.CreateSymbolicLink(At("to-nothing"), "none");

        List<(string, FileEntryKind, string?)> entries = [];
        await foreach (FileEntry entry in _tree.ListAsync(".", default))
        {
            entries.Add((entry.Path, entry.Kind, entry.LinkTarget));
        }

        Assert.That(entries, Is.EqualTo(new (string, FileEntryKind, string?)[]
        {
            ("a", FileEntryKind.File, null), ("b", FileEntryKind.Directory, null), ("b/empty", FileEntryKind.Directory, null), ("b/full", FileEntryKind.Directory, null), ("b/full/x", FileEntryKind.File, null),
            ("to-a", FileEntryKind.Link, "a"), ("to-b", FileEntryKind.Link, "b"), ("to-nothing", FileEntryKind.Link, null), ("ü !", FileEntryKind.File, null),
        }));
    }

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(99_999)]
    [TestCase(100_000)]
    public async Task OpenRead_FromAByte_GivesTheRest(int from)
    {
        byte[] bytes = Bytes(100_000);
        File.WriteAllBytes(At("a"), bytes);

        using var read = new MemoryStream();
        await using (Stream stream = await _tree.OpenReadAsync("a", from, default))
        {
            await stream.CopyToAsync(read);
        }

        Assert.That(read.ToArray(), Is.EqualTo(bytes[from..]));
    }

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(50_000)]
    public async Task OpenWrite_FromAByte_KeepsWhatIsBeforeAndCutsTheRest(int from)
    {
        byte[] there = Bytes(50_000);
        File.WriteAllBytes(At("a"), there);

        await using (Stream stream = await _tree.OpenWriteAsync("a", from, isExecutable: false, default))
        {
            await stream.WriteAsync("new"u8.ToArray());
        }

        Assert.That(File.ReadAllBytes(At("a")), Is.EqualTo(there[..from].Concat("new"u8.ToArray())));
    }

    [Test]
    public async Task OpenWrite_NewFile_IsThereWhenFlushed()
    {
        byte[] bytes = Bytes(100_001);
        await using Stream stream = await _tree.OpenWriteAsync("a", 0, isExecutable: false, default);
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();

        Assert.That(File.ReadAllBytes(At("a")), Is.EqualTo(bytes));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task OpenWrite_Executable_CanBeExecutedByWhoMayRead(bool isExecutable)
    {
        await using (await _tree.OpenWriteAsync("a", 0, isExecutable, default))
        {
        }

        UnixFileMode mode = File.GetUnixFileMode(At("a"));
        Assert.That(mode.HasFlag(UnixFileMode.UserExecute), Is.EqualTo(isExecutable));
        Assert.That(mode.HasFlag(UnixFileMode.OtherExecute), Is.EqualTo(isExecutable && mode.HasFlag(UnixFileMode.OtherRead)));
    }

    [Test]
    public async Task OpenWrite_FewerBytesThanWereThere_FailsForNow()
    {
        File.WriteAllText(At("a"), "1234");

        TransferException? failure = await Assert.ThrowsAsync<TransferException>(() => _tree.OpenWriteAsync("a", 5, isExecutable: false, default));

        Assert.That(failure!.IsTransient);
        Assert.That(failure.Message, Does.Contain("only 4 bytes").And.Contain(At("a")));
    }

    [Test]
    public async Task Rename_NameTaken_ReplacesIt()
    {
        File.WriteAllText(At("new"), "new");
        File.WriteAllText(At("old"), "old");

        await _tree.RenameAsync("new", "/old", default);

        Assert.That(File.ReadAllText(At("old")), Is.EqualTo("new"));
        Assert.That(File.Exists(At("new")), Is.False);
    }

    [Test]
    public async Task Rename_LinkHasTheName_ReplacesTheLinkOnly()
    {
        File.WriteAllText(At("new"), "new");
        File.WriteAllText(At("old"), "old");
        File.CreateSymbolicLink(At("link"), "old");

        await _tree.RenameAsync("new", "link", default);

        Assert.That(File.ReadAllText(At("old")), Is.EqualTo("old"));
        Assert.That(new FileInfo(At("link")).LinkTarget, Is.Null);
        Assert.That(File.ReadAllText(At("link")), Is.EqualTo("new"));
    }

    [Test]
    public async Task Delete_Link_LeavesWhatItLeadsTo()
    {
        File.WriteAllText(At("old"), "old");
        File.CreateSymbolicLink(At("link"), "old");

        await _tree.DeleteAsync("link", default);

        Assert.That(Directory.GetFileSystemEntries(Far), Is.EqualTo(new[] { At("old") }));
    }

    [Test]
    public async Task MakeDirectory_ParentsMissing_MakesThem()
    {
        await _tree.MakeDirectoryAsync("a/b/c", default);
        await _tree.MakeDirectoryAsync("a/b/c", default);

        Assert.That(Directory.Exists(At("a/b/c")));
    }

    [TestCase("file")]
    [TestCase("file/below")]
    public async Task MakeDirectory_FileInTheWay_FailsForGood(string name)
    {
        File.WriteAllText(At("file"), "");

        TransferException? failure = await Assert.ThrowsAsync<TransferException>(() => _tree.MakeDirectoryAsync(name, default));

        Assert.That(failure!.IsTransient, Is.False);
        Assert.That(failure.Message, Does.Contain($"'{At("file")}', which is no directory"));
    }

    [Test]
    public async Task MakeDirectory_ManyAtOnce_MakesItOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _tree.MakeDirectoryAsync($"a/b/{i % 3}", default)));

        Assert.That(Directory.GetDirectories(At("a/b")), Has.Length.EqualTo(3));
    }

    [Test]
    public async Task MakeLink_RelativeTarget_LeadsToItsNeighbour()
    {
        File.WriteAllText(At("a"), "1");

        await _tree.MakeLinkAsync("link", "a", default);

        Assert.That(File.ResolveLinkTarget(At("link"), returnFinalTarget: true)!.FullName, Is.EqualTo(At("a")));
        Assert.That((await _tree.FindAsync("link", default))!.LinkTarget, Is.EqualTo("a"));
    }

    [Test]
    public async Task Delete_FileOrNothing_IsGone()
    {
        File.WriteAllText(At("a"), "");

        await _tree.DeleteAsync("a", default);
        await _tree.DeleteAsync("a", default);

        Assert.That(File.Exists(At("a")), Is.False);
    }

    [Test]
    public async Task OpenRead_Missing_FailsForGoodAndSaysWhere()
    {
        TransferException? failure = await Assert.ThrowsAsync<TransferException>(() => _tree.OpenReadAsync("none", 0, default));

        Assert.That(failure!.IsTransient, Is.False);
        Assert.That(failure.Message, Does.Contain($"'{At("none")}'").And.Contain($"@127.0.0.1:{Server.Port}").And.Contain("correct the path"));
    }

    [Test]
    public async Task Stream_ConnectionLostWhileWriting_FailsForNowAndNeverLooksWhole()
    {
        Stream stream = await _tree.OpenWriteAsync("a", 0, isExecutable: false, default);
        await stream.WriteAsync(Encoding.UTF8.GetBytes("held back by the library"));
        Server.KillSessions();

        TransferException? failure = await Assert.ThrowsAsync<TransferException>(async () => await stream.DisposeAsync());

        Assert.That(failure!.IsTransient);
        Assert.That(failure.Message, Does.Contain(At("a")));
    }

    [Test]
    public async Task Find_HostHangs_FailsForNow()
    {
        await using SftpTree tree = await ConnectAsync(options => options.AnswerTimeout = TimeSpan.FromMilliseconds(200));
        await Server.FreezeSessionsAsync();
        try
        {
            TransferException? failure = await Assert.ThrowsAsync<TransferException>(() => tree.FindAsync("a", default));
            Assert.That(failure!.IsTransient);
            Assert.That(failure.Message, Does.Contain("has not answered in time"));
        }
        finally
        {
            Server.KillSessions();
        }
    }

    [Test]
    public async Task OpenRead_Cancelled_IsCancelled()
    {
        File.WriteAllText(At("a"), "");
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        Assert.That(() => _tree.OpenReadAsync("a", 0, source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
