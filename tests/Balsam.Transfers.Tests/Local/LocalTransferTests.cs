using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Balsam.Launch.Staging;
using Balsam.Launch.Staging.Copying;
using Balsam.Launch.Staging.Local;
using Balsam.Launch.Staging.Trees;
using Balsam.Transfers.Tests.Doubles;
using Microsoft.Extensions.Options;

namespace Balsam.Transfers.Tests.Local;

[Platform("Linux")]
[SupportedOSPlatform("linux")]
public sealed class LocalTransferTests
{
    private CopySite _site = null!;

    [SetUp]
    public void SetUp() => _site = new CopySite();

    [TearDown]
    public void TearDown() => _site.Dispose();

    [Test]
    public async Task Move_BetweenALocationAndTheWorkdir_GoesByTheEndpointsPath()
    {
        Directory.CreateDirectory(Path.Combine(_site.Far, "my runs"));
        File.WriteAllText(Path.Combine(_site.Far, "my runs", "a"), "a");

        Assert.That((await MoveAsync(_site.Task(TransferDirection.In, "in", "/my runs/a"))).Failure, Is.Null);
        Assert.That((await MoveAsync(_site.Task(TransferDirection.Out, "in", "/made/b"))).Failure, Is.Null);

        Assert.That(File.ReadAllText(Path.Combine(_site.Far, "made", "b")), Is.EqualTo("a"));
    }

    [Test]
    public async Task Move_ToALocationThatIsNotMounted_FailsForNowAndMakesNothing()
    {
        Directory.Delete(_site.Far);
        TransferException? failure = await Assert.ThrowsAsync<TransferException>(() => MoveAsync(_site.Task(TransferDirection.In, "in", "/a")));
        Assert.That(failure!.IsTransient, Is.True);
        Assert.That(failure.Message, Does.Contain(_site.Far).And.Contain("Mount it"));
        Assert.That(Directory.Exists(_site.Far), Is.False);
        Directory.CreateDirectory(_site.Far);
    }

    [Test]
    public async Task Move_ByHardLinks_MovesNothing()
    {
        Directory.CreateDirectory(Path.Combine(_site.Far, "tree"));
        File.WriteAllText(Path.Combine(_site.Far, "tree", "a"), "a");
        for (int i = 0; i < 2; i++)
        {
            TransferResult result = await MoveAsync(_site.Task(TransferDirection.In, "in", "/tree", isRecursive: true), LocalTransferMode.HardLink);
            Assert.That((result.Failure, result.Files, result.Bytes), Is.EqualTo(((TransferException?)null, 1, 1L)));
        }

        Assert.That(Stat("%h", Path.Combine(_site.Far, "tree", "a")), Is.EqualTo(2));
        Assert.That(Stat("%i", Path.Combine(_site.Workdir, "in", "a")), Is.EqualTo(Stat("%i", Path.Combine(_site.Far, "tree", "a"))));
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_site.Workdir, "in")), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Move_ByHardLinksAcrossFileSystems_Copies()
    {
        const string memory = "/dev/shm";
        if (!Directory.Exists(memory) || Stat("%d", memory) == Stat("%d", _site.Far))
        {
            Assert.Ignore("There is no second file system.");
        }

        string other = Path.Combine(memory, $"balsam-{Guid.NewGuid():N}");
        Directory.CreateDirectory(other);
        try
        {
            File.WriteAllText(Path.Combine(other, "a"), "a");
            TransferResult result = await CopySite.MoveAsync(_site.Task(TransferDirection.In, "a", "/a"), new DiskTree(other, WorkdirAccess.Everyone), LocalTransferMode.HardLink);
            Assert.That(result.Failure, Is.Null);
            Assert.That(File.ReadAllText(Path.Combine(_site.Workdir, "a")), Is.EqualTo("a"));
            Assert.That(Stat("%h", Path.Combine(other, "a")), Is.EqualTo(1));
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    [Test]
    public async Task Move_ByCopy_SharesNoNameWithTheSource()
    {
        File.WriteAllText(Path.Combine(_site.Far, "a"), "a");
        await MoveAsync(_site.Task(TransferDirection.In, "a", "/a"));
        File.WriteAllText(Path.Combine(_site.Workdir, "a"), "b");
        Assert.That(File.ReadAllText(Path.Combine(_site.Far, "a")), Is.EqualTo("a"));
    }

    [Test]
    public async Task Move_SparseFileOfTenGigabytes_StaysSparse([Values] bool isShared)
    {
        const long size = 10L * 1000 * 1000 * 1000;
        byte[] data = CopySite.Bytes(100_000);
        string source = Path.Combine(_site.Far, "sparse");
        using (Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(source, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.SetLength(file, size);
            RandomAccess.Write(file, data, 4_000_000_001);
            RandomAccess.Write(file, data, size - data.Length);
        }

        IFileTree far = isShared ? _site.FarTree() : _site.Remote();
        TransferResult result = await _site.InAsync("sparse", "/sparse", far: far);

        Assert.That((result.Failure, result.Bytes), Is.EqualTo(((TransferException?)null, size)));
        string copy = Path.Combine(_site.Workdir, "sparse");
        Assert.That(Stat("%b", copy) * 512, Is.LessThan(1_000_000), "blocks that are there");
        using Microsoft.Win32.SafeHandles.SafeFileHandle read = File.OpenHandle(copy);
        byte[] found = new byte[data.Length];
        foreach (long at in (long[])[4_000_000_001, size - data.Length])
        {
            RandomAccess.Read(read, found, at);
            Assert.That(found, Is.EqualTo(data), $"at {at}");
        }

        RandomAccess.Read(read, found, 4_000_000_001 + data.Length);
        Assert.That(found, Is.All.Zero);
    }

    [Test]
    public async Task Move_FileWithAHoleAtItsEndCutInIt_ArrivesWithItsLength()
    {
        const int size = 8 << 20;
        using (Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(Path.Combine(_site.Far, "a"), FileMode.Create, FileAccess.Write))
        {
            RandomAccess.SetLength(file, size);
            RandomAccess.Write(file, CopySite.Bytes(5000), 0);
        }

        TreeDouble far = _site.Remote();
        far.CutReadsAt = 3_000_000;
        Assert.That((await _site.InAsync("a", "/a", far: far)).Failure, Is.Not.Null);
        far.CutReadsAt = null;
        Assert.That((await _site.InAsync("a", "/a", far: far)).Failure, Is.Null);
        Assert.That(far.Read, Is.EqualTo(size));
        CopySite.AssertHolds(Path.Combine(_site.Workdir, "a"), File.ReadAllBytes(Path.Combine(_site.Far, "a")));
    }

    [Test]
    public async Task Move_ManySmallFiles_TakesLittleMemory()
    {
        int files = Environment.GetEnvironmentVariable("BALSAM_LOAD") == "full" ? 100_000 : 20_000;

        // In memory where there is such a place: a disk takes longer to remove the files than the transfer takes to copy them.
        const string memory = "/dev/shm";
        using var site = new CopySite(Directory.CreateDirectory(Path.Combine(Directory.Exists(memory) ? memory : Path.GetTempPath(), $"balsam-many-{Guid.NewGuid():N}")).FullName);
        string tree = Path.Combine(site.Far, "many");
        for (int i = 0; i < files; i++)
        {
            if (i % 1000 == 0)
            {
                Directory.CreateDirectory(Path.Combine(tree, $"{i / 1000}"));
            }

            File.WriteAllText(Path.Combine(tree, $"{i / 1000}", $"{i}.dat"), "a small file");
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        TransferResult result = await site.InAsync("many", "/many", isRecursive: true);
        long after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.That((result.Failure, result.Files, result.Bytes), Is.EqualTo(((TransferException?)null, files, files * 12L)));
        Assert.That(after - before, Is.LessThan(32L << 20), "nothing is kept of what has arrived");
        Assert.That(Directory.EnumerateFiles(Path.Combine(site.Workdir, "many"), "*", SearchOption.AllDirectories).Count(), Is.EqualTo(files));
    }

    [Test]
    public async Task Move_ToADiskThatIsFull_FailsForNowAndGoesOnWhenThereIsRoom()
    {
        const int size = 3 << 20;
        string disk = Directory.CreateTempSubdirectory("balsam-disk-").FullName;
        using Process mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=4m", "balsam-test", disk]) { RedirectStandardError = true })!;
        await mount.WaitForExitAsync();
        if (mount.ExitCode != 0)
        {
            Directory.Delete(disk);
            Assert.Ignore("No file system can be mounted here.");
        }

        try
        {
            byte[] bytes = CopySite.Bytes(size);
            File.WriteAllBytes(Path.Combine(_site.Far, "a"), bytes);
            string ballast = Path.Combine(disk, "ballast");
            File.WriteAllBytes(ballast, new byte[2 << 20]);
            TreeDouble far = _site.Remote();
            var workdir = new DiskTree(disk, WorkdirAccess.Owner);
            TransferTask task = _site.Task(TransferDirection.In, "a", "/a", workdir: workdir);

            TransferResult full = await CopySite.MoveAsync(task, far);
            Assert.That(full.Failure, Has.Property("IsTransient").True);
            Assert.That(full.Failure!.Message, Does.Contain("No space left").IgnoreCase.Or.Contain("not enough space").IgnoreCase);
            Assert.That(File.Exists(Path.Combine(disk, "a")), Is.False);

            File.Delete(ballast);
            Assert.That((await CopySite.MoveAsync(task, far)).Failure, Is.Null);
            CopySite.AssertHolds(Path.Combine(disk, "a"), bytes);
            Assert.That(Directory.GetFileSystemEntries(disk), Has.Length.EqualTo(1));
        }
        finally
        {
            using Process unmount = Process.Start("umount", ["-l", disk]);
            await unmount.WaitForExitAsync();
            Directory.Delete(disk);
        }
    }

    [Test]
    public async Task Move_AFileThatMayNotBeRead_FailsForGoodAndSaysSo()
    {
        string secret = Path.Combine(_site.Far, "secret");
        File.WriteAllText(secret, "secret");
        File.WriteAllText(Path.Combine(_site.Far, "open"), "open");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Free(_site.Far);
        Free(_site.Workdir);

        TransferResult refused = await AsNobodyAsync(() => CopyAsync("/secret"));
        TransferResult arrived = await AsNobodyAsync(() => CopyAsync("/open"));

        Assert.That(arrived.Failure, Is.Null, "this account can copy at all");
        Assert.That(refused.Failure, Has.Property("IsTransient").False);
        Assert.That(refused.Failure!.Message, Does.Contain("'" + secret + "' cannot be read").And.Contain("Give the account of the launcher the right to"));
        Assert.That(File.Exists(Path.Combine(_site.Workdir, "secret")), Is.False);

        async Task<TransferResult> CopyAsync(string remote)
        {
            TransferTask task = _site.Task(TransferDirection.In, remote[1..], remote);
            try
            {
                await using var copy = new ItemCopy(task, _site.FarTree(), LocalTransferMode.Copy);
                return await copy.RunAsync(default);
            }
            catch (TransferException failure)
            {
                return new TransferResult(task, failure);
            }
        }
    }

    [Test]
    public async Task List_ADirectoryThatMayNotBeRead_FailsForGoodAndNamesIt()
    {
        string closed = Directory.CreateDirectory(Path.Combine(_site.Far, "tree", "closed")).FullName;
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Free(_site.Far);
        Free(Path.Combine(_site.Far, "tree"));

        TransferException? failure = await AsNobodyAsync(async () =>
        {
            try
            {
                await foreach (FileEntry entry in _site.FarTree().ListAsync("/tree", default))
                {
                    Assert.That(entry.Path, Is.EqualTo("/tree/closed"));
                }

                return null;
            }
            catch (TransferException refused)
            {
                return refused;
            }
        });

        Assert.That(failure, Has.Property("IsTransient").False);
        Assert.That(failure!.Message, Does.Contain($"'{closed}' cannot be listed"));
    }

    private static long Stat(string format, string path)
    {
        using Process process = Process.Start(new ProcessStartInfo("stat", ["-c", format, path]) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return long.Parse(text, CultureInfo.InvariantCulture);
    }

    private static void Free(string directory)
    {
        for (string? path = directory; path is not null && path.Contains("balsam-copy-", StringComparison.Ordinal); path = Path.GetDirectoryName(path))
        {
            File.SetUnixFileMode(path, (UnixFileMode)0x1FF);
        }
    }

    // The superuser may read everything. On Linux the account that files are opened as belongs to the thread, and trees of this machine do not leave it.
    private static Task<T> AsNobodyAsync<T>(Func<Task<T>> action)
    {
        const uint nobody = 65534;
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("Only the superuser can act as another user.");
        }

        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            _ = SetFileUser(nobody);
            try
            {
                Task<T> done = action();
                Assert.That(done.IsCompleted, Is.True, "it stayed on this thread");
                result.SetFromTask(done);
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
            finally
            {
                _ = SetFileUser(0);
            }
        });
        thread.Start();
        return result.Task;
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    private static extern int SetFileUser(uint user);

    private async Task<TransferResult> MoveAsync(TransferTask task, LocalTransferMode mode = LocalTransferMode.Copy)
    {
        var provider = new LocalTransferProvider(Options.Create(new TransferOptions { LocalMode = mode }));
        await foreach (TransferResult result in provider.MoveAsync(new TransferBatch(new Uri("file://" + _site.Far), task.Item.Direction, [task]), default))
        {
            return result;
        }

        throw new AssertionException("Nothing was told.");
    }
}
