using Balsam.Launch.Staging;
using Balsam.Launch.Staging.Trees;

namespace Balsam.Transfers.Tests.Doubles;

/// <summary>A workdir and a far directory side by side, and the items between them.</summary>
internal sealed class CopySite : IDisposable
{
    private readonly string _root;

    public CopySite(string? root = null)
    {
        _root = root ?? Directory.CreateTempSubdirectory("balsam-copy-").FullName;
        Workdir = Directory.CreateDirectory(Path.Combine(_root, "site", "work")).FullName;
        Far = Directory.CreateDirectory(Path.Combine(_root, "far")).FullName;
        Outside = Directory.CreateDirectory(Path.Combine(_root, "outside")).FullName;
    }

    public string Workdir { get; }

    public string Far { get; }

    /// <summary>A place that no transfer may touch or read.</summary>
    public string Outside { get; }

    public WorkdirAccess Access { get; set; } = WorkdirAccess.Owner;

    public DiskTree FarTree() => new(Far, WorkdirAccess.Everyone);

    public DiskTree WorkTree() => new(Workdir, Access);

    /// <summary>The far directory as another machine's: nothing is shared with it, and its writes and reads are counted and can be cut.</summary>
    public TreeDouble Remote() => new(FarTree());

    public TransferTask Task(TransferDirection direction, string local, string remote, bool isRecursive = false, IFileTree? workdir = null) => new(
        new JobId(1),
        new TransferItem { Slot = "slot", Direction = direction, LocalPath = local, Remote = TransferAddress.Parse($"far:{remote}"), IsRecursive = isRecursive },
        remote,
        workdir ?? WorkTree());

    public static async Task<TransferResult> MoveAsync(TransferTask task, IFileTree far, LocalTransferMode mode = LocalTransferMode.Copy, CancellationToken cancellationToken = default)
    {
        var batch = new TransferBatch(new Uri("file:///"), task.Item.Direction, [task]);
        List<TransferResult> results = [];
        await foreach (TransferResult result in new OneTreeProvider(far, mode).MoveAsync(batch, cancellationToken))
        {
            results.Add(result);
        }

        return results.Single();
    }

    public Task<TransferResult> InAsync(string local, string remote, bool isRecursive = false, IFileTree? far = null, LocalTransferMode mode = LocalTransferMode.Copy) =>
        MoveAsync(Task(TransferDirection.In, local, remote, isRecursive), far ?? FarTree(), mode);

    public Task<TransferResult> OutAsync(string local, string remote, bool isRecursive = false, IFileTree? far = null, LocalTransferMode mode = LocalTransferMode.Copy) =>
        MoveAsync(Task(TransferDirection.Out, local, remote, isRecursive), far ?? FarTree(), mode);

    /// <summary>A directory as lines: each file with its bytes' checksum, each link with its target.</summary>
    public static string[] Picture(string directory) =>
    [
        .. new DirectoryInfo(directory).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(info => $"{Path.GetRelativePath(directory, info.FullName)} {(info.LinkTarget is { } target ? $"-> {target}" : info is FileInfo file ? Convert.ToHexString(Digest(file.FullName)) : "/")}")
            .Order(StringComparer.Ordinal),
    ];

    public static byte[] Bytes(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Compares at once: a constraint looks at byte after byte.</summary>
    public static void AssertHolds(string path, byte[] bytes) => Assert.That(File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes), Is.True, $"'{path}' has other bytes");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static byte[] Digest(string path)
    {
        using FileStream file = File.OpenRead(path);
        return System.Security.Cryptography.SHA256.HashData(file);
    }
}
