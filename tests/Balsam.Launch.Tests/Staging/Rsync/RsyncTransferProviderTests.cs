using System.Globalization;
using System.Runtime.Versioning;
using Balsam.Launch.Running;
using Balsam.Launch.Staging;
using Balsam.Launch.Staging.Rsync;
using Balsam.Launch.Staging.Trees;
using Balsam.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Balsam.Launch.Tests.Staging.Rsync;

/// <summary>Items of jobs by rsync, to and from a real sshd.</summary>
[Platform("Linux")]
[SupportedOSPlatform("linux")]
public sealed class RsyncTransferProviderTests
{
    private const int Megabyte = 1 << 20;

    private SshServer _server = null!;
    private DirectoryInfo _workdir = null!;
    private string _far = null!;
    private int _directories;

    [OneTimeSetUp]
    public async Task StartServer()
    {
        if (new ProgramResolver().Resolve("rsync", "/", Environment.GetEnvironmentVariable("PATH"), out _) is null)
        {
            SshServer.Require("rsync", "rsync");
        }

        _server = await SshServer.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopServer()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [SetUp]
    public void MakeDirectories()
    {
        _workdir = Directory.CreateTempSubdirectory("balsam-rsync-");
        _far = Directory.CreateDirectory(Path.Combine(_server.Files, string.Create(CultureInfo.InvariantCulture, $"test {++_directories}"))).FullName;
    }

    [TearDown]
    public void RemoveWorkdir() => _workdir.Delete(recursive: true);

    [TestCase("far.bin", "near/input.bin", "near/input.bin")]
    [TestCase("far.bin", "near/far.bin", "near/far.bin")]
    [TestCase("far.bin", ".", "far.bin")]
    [TestCase("a 'b' $(c) *;d", "near", "near")]
    public async Task Move_FileIn_IsThereWithItsBytesAndCounted(string far, string near, string expected)
    {
        byte[] bytes = Bytes(Megabyte);
        File.WriteAllBytes(At(far), bytes);

        TransferResult result = await MoveAsync(Item(TransferDirection.In, "/" + far, near));

        Assert.That((result.Failure, result.Files, result.Bytes), Is.EqualTo(((TransferException?)null, 1, (long)Megabyte)));
        Assert.That(File.ReadAllBytes(Near(expected)), Is.EqualTo(bytes));
    }

    [Test]
    public async Task Move_FileOut_MakesDirectoriesAndReplacesWhatIsThere()
    {
        File.WriteAllText(Near("result"), "new");

        TransferResult first = await MoveAsync(Item(TransferDirection.Out, "/a/b/result", "result"));
        File.WriteAllText(Near("result"), "wen");
        TransferResult second = await MoveAsync(Item(TransferDirection.Out, "/a/b/result", "result"));

        Assert.That((first.Failure, second.Failure), Is.EqualTo(((TransferException?)null, (TransferException?)null)));
        Assert.That(File.ReadAllText(At("a/b/result")), Is.EqualTo("wen"), "as large and as old, but another");
    }

    [Test]
    public async Task Move_DirectoriesBothWays_HaveEverythingInThem()
    {
        Directory.CreateDirectory(At("tree/empty"));
        Directory.CreateDirectory(At("tree/b"));
        for (int i = 0; i < 20; i++)
        {
            File.WriteAllText(At($"tree/b/file {i}"), new string('x', i));
        }

        File.CreateSymbolicLink(At("tree/latest"), "b/file 7");
        File.WriteAllText(At("tree/.balsam-part-x"), "no concern of this job's");

        TransferResult brought = await MoveAsync(Item(TransferDirection.In, "/tree", "here") with { IsRecursive = true });
        TransferResult taken = await MoveAsync(Item(TransferDirection.Out, "/copy/of/it", "here") with { IsRecursive = true });

        Assert.That((brought.Failure, taken.Failure), Is.EqualTo(((TransferException?)null, (TransferException?)null)));
        Assert.That((brought.Files, brought.Bytes), Is.EqualTo((20, 190L + "b/file 7".Length)));
        File.Delete(At("tree/.balsam-part-x"));
        Assert.That(Shape(Near("here")), Is.EqualTo(Shape(At("tree"))));
        Assert.That(Shape(At("copy/of/it")), Is.EqualTo(Shape(At("tree"))));
    }

    [Test]
    public async Task Move_FileMissing_FailsForGoodAndTheOthersArrive()
    {
        File.WriteAllText(At("here"), "1");

        List<TransferResult> results = await MoveAllAsync(_server.Port, _server.KeyFile, Item(TransferDirection.In, "/none", "a"), Item(TransferDirection.In, "/here", "b"));

        TransferException? failure = results.Single(result => result.Task.Item.Slot == "a").Failure;
        Assert.That(failure!.IsTransient, Is.False, failure.Message);
        Assert.That(failure.Message, Does.Contain("far:/none").And.Contain("correct the path"));
        Assert.That(results.Single(result => result.Task.Item.Slot == "b").Failure, Is.Null);
    }

    [Test]
    public async Task Move_LocalFileMissing_FailsForGood()
    {
        TransferResult result = await MoveAsync(Item(TransferDirection.Out, "/x", "none"));

        Assert.That(result.Failure!.IsTransient, Is.False);
        Assert.That(result.Failure.Message, Does.Contain("'none' is not there"));
    }

    [Test]
    public async Task Move_DirectoryForAFilesSlot_FailsForGood()
    {
        Directory.CreateDirectory(At("tree"));

        TransferResult result = await MoveAsync(Item(TransferDirection.In, "/tree", "x"));

        Assert.That(result.Failure!.IsTransient, Is.False);
        Assert.That(result.Failure.Message, Does.Contain("IsRecursive"));
    }

    [Test]
    public async Task Move_LinkThatLeadsOutOfTheDirectory_FailsForGoodAndNamesIt()
    {
        Directory.CreateDirectory(At("tree"));
        File.CreateSymbolicLink(At("tree/passwd"), "/etc/passwd");

        TransferResult result = await MoveAsync(Item(TransferDirection.In, "/tree", "here") with { IsRecursive = true });

        Assert.That(result.Failure!.IsTransient, Is.False);
        Assert.That(result.Failure.Message, Does.Contain("passwd"));
        Assert.That(Directory.GetFileSystemEntries(Near("here")), Is.Empty);
    }

    [TestCase("link/file", false)]
    [TestCase("link", true)]
    public async Task Move_OutThroughALinkInTheWorkdir_IsRefused(string local, bool isRecursive)
    {
        using var outside = new TemporaryOutside();
        File.CreateSymbolicLink(Near("link"), outside.Path);

        TransferResult result = await MoveAsync(Item(TransferDirection.Out, "/taken", local) with { IsRecursive = isRecursive });

        Assert.That(result.Failure!.IsTransient, Is.False);
        Assert.That(result.Failure.Message, Does.Contain("symbolic link"));
        Assert.That(Directory.GetFileSystemEntries(_far), Is.Empty);
    }

    [TestCase("link/file", false)]
    [TestCase("link", true)]
    [TestCase("link", false)]
    public async Task Move_InThroughALinkInTheWorkdir_IsRefused(string local, bool isRecursive)
    {
        using var outside = new TemporaryOutside();
        File.CreateSymbolicLink(Near("link"), outside.Path);
        Directory.CreateDirectory(At("tree"));
        File.WriteAllText(At("tree/file"), "new");

        TransferResult result = await MoveAsync(Item(TransferDirection.In, isRecursive ? "/tree" : "/tree/file", local) with { IsRecursive = isRecursive });

        Assert.That(result.Failure!.IsTransient, Is.False);
        Assert.That(File.ReadAllText(outside.File), Is.EqualTo("old"));
    }

    [Test]
    public async Task Move_LinkInTheWorkdirWhereADirectoryComes_IsReplacedAndNotFollowed()
    {
        using var outside = new TemporaryOutside();
        Directory.CreateDirectory(Near("here"));
        File.CreateSymbolicLink(Near("here/sub"), outside.Path);
        Directory.CreateDirectory(At("tree/sub"));
        File.WriteAllText(At("tree/sub/file"), "new");

        TransferResult result = await MoveAsync(Item(TransferDirection.In, "/tree", "here") with { IsRecursive = true });

        Assert.That(File.ReadAllText(outside.File), Is.EqualTo("old"));
        Assert.That(result.Failure is null ? File.ReadAllText(Near("here/sub/file")) : "new", Is.EqualTo("new"));
    }

    [Test]
    public async Task Move_WrongKey_FailsForGood()
    {
        TransferException? failure = (await MoveAllAsync(_server.Port, _server.OtherKeyFile, Item(TransferDirection.In, "/x", "x"))).Single().Failure;

        Assert.That(failure!.IsTransient, Is.False, failure.Message);
        Assert.That(failure.Message, Does.Contain("authorized_keys"));
    }

    [Test]
    public async Task Move_UnknownHost_FailsForGood()
    {
        TransferException? failure = (await MoveAllAsync(_server.Port, _server.KeyFile, knownHosts: At("none"), Item(TransferDirection.In, "/x", "x"))).Single().Failure;

        Assert.That(failure!.IsTransient, Is.False, failure.Message);
        Assert.That(failure.Message, Does.Contain("ssh-keyscan"));
        Assert.That(File.Exists(At("none")), Is.False, "nothing is learned by itself");
    }

    [Test]
    public async Task Move_ConnectionCut_FailsForNowAndTheRestOnlyIsCopiedLater([Values] TransferDirection direction)
    {
        byte[] bytes = Bytes(16 * Megabyte);
        File.WriteAllBytes(direction == TransferDirection.In ? At("data") : Near("data"), bytes);
        string arrives = direction == TransferDirection.In ? Near("data") : At("data");
        TransferItem item = Item(direction, "/data", "data");

        TransferException? cut;
        await using (var proxy = new CuttingProxy(_server.Port, 8 * Megabyte))
        {
            cut = (await MoveAllAsync(proxy.Port, _server.KeyFile, item)).Single().Failure;
        }

        Assert.That(File.Exists(arrives), Is.False, "its name is there when it is whole");
        await SshServer.WaitForLeaversAsync(_far);
        await SshServer.WaitForLeaversAsync(_workdir.FullName);
        await using var rest = new CuttingProxy(_server.Port);
        TransferResult second = (await MoveAllAsync(rest.Port, _server.KeyFile, item)).Single();

        Assert.That(cut!.IsTransient, cut.Message);
        Assert.That(second.Failure, Is.Null);
        Assert.That(File.ReadAllBytes(arrives), Is.EqualTo(bytes));
        Assert.That(rest.Moved, Is.LessThan(13 * Megabyte), "of 16 MiB 8 had gone through, of which up to 2 in the window of ssh and some in sockets had not arrived");
    }

    [Test]
    public async Task Move_Cancelled_EndsRsync()
    {
        File.WriteAllBytes(At("data"), Bytes(16 * Megabyte));
        await using var proxy = new CuttingProxy(_server.Port);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        Assert.That(async () => await MoveAllAsync(proxy.Port, _server.KeyFile, null, source.Token, Item(TransferDirection.In, "/data", "data")), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void AddRsync_NoSuchProgram_IsRefusedWithWhatToInstall()
    {
        var services = new ServiceCollection();
        services.AddBalsam(balsam => balsam.AddRsync(options => options.Program = "rsync-of-nobody"));
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.That(
            () => provider.GetRequiredService<IOptions<RsyncOptions>>().Value,
            Throws.TypeOf<OptionsValidationException>().With.Message.Contains("'rsync-of-nobody', which is not on this machine").And.Message.Contains("apt-get install rsync"));
    }

    [TestCase(12, "rsync: connection unexpectedly closed", true)]
    [TestCase(10, "", true)]
    [TestCase(30, "", true)]
    [TestCase(35, "", true)]
    [TestCase(255, "ssh: connect to host laptop port 22: Connection refused", true)]
    [TestCase(255, "Host key verification failed.", false)]
    [TestCase(11, "write failed: No space left on device (28)", true)]
    [TestCase(11, "mkdir failed: Permission denied (13)", false)]
    [TestCase(12, "bash: line 1: rsync: command not found", false)]
    [TestCase(23, "link_stat \"/x\" failed: No such file or directory (2)", false)]
    [TestCase(24, "file has vanished: \"/x\"", true)]
    [TestCase(1, "", false)]
    [TestCase(2, "", false)]
    [TestCase(4, "", false)]
    public void Failure_ExitCodeAndWords_AreForNowOrForGood(int exitCode, string errors, bool isTransient)
    {
        TransferException failure = RsyncFailure.From(new TransferTask(new JobId(1), Item(TransferDirection.In, "/x", "x"), "/x", null!), "laptop:/x", new RsyncEnd(exitCode, "", errors));

        Assert.That(failure.IsTransient, Is.EqualTo(isTransient));
        Assert.That(failure.Message, Does.Contain("laptop:/x").And.Contain($"exit code {exitCode}").And.Contain(errors));
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

    private string At(string name) => Path.Combine(_far, name);

    private string Near(string name) => Path.Combine(_workdir.FullName, name);

    private async Task<TransferResult> MoveAsync(TransferItem item) => (await MoveAllAsync(_server.Port, _server.KeyFile, item)).Single();

    private Task<List<TransferResult>> MoveAllAsync(int port, string keyFile, params TransferItem[] items) => MoveAllAsync(port, keyFile, null, items);

    private Task<List<TransferResult>> MoveAllAsync(int port, string keyFile, string? knownHosts, params TransferItem[] items) => MoveAllAsync(port, keyFile, knownHosts, default, items);

    private async Task<List<TransferResult>> MoveAllAsync(int port, string keyFile, string? knownHosts, CancellationToken cancellationToken, params TransferItem[] items)
    {
        var options = new RsyncOptions
        {
            SshArguments =
            {
                "-F", "none", "-i", keyFile, "-o", "IdentitiesOnly=yes", "-o", $"UserKnownHostsFile={knownHosts ?? _server.KnownHostsFile}", "-o", "GlobalKnownHostsFile=none",
                "-o", string.Create(CultureInfo.InvariantCulture, $"HostKeyAlias=[127.0.0.1]:{_server.Port}"),
            },
        };
        var provider = new RsyncTransferProvider(Options.Create(options));
        var endpoint = new UriBuilder(_server.Address("rsync+ssh", Path.GetFileName(_far))) { Port = port }.Uri;
        var workdir = new DiskTree(_workdir.FullName, WorkdirAccess.Owner);
        List<TransferResult> results = [];
        TransferTask[] tasks = [.. items.Select(item => new TransferTask(new JobId(7), item, item.Remote.Path, workdir))];
        await foreach (TransferResult result in provider.MoveAsync(new TransferBatch(endpoint, items[0].Direction, tasks), cancellationToken))
        {
            results.Add(result);
        }

        return results;
    }

    /// <summary>A directory beside the workdir, with a file that must stay as it is.</summary>
    private sealed class TemporaryOutside : IDisposable
    {
        public TemporaryOutside() => System.IO.File.WriteAllText(File, "old");

        public string Path { get; } = Directory.CreateTempSubdirectory("balsam-outside-").FullName;

        public string File => System.IO.Path.Combine(Path, "file");

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
