using System.Globalization;
using Balsam.Launch.Running;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Staging.Trees;

/// <summary>A directory of this machine where the system has no calls that open name by name. A link that is put there between the look and the opening is not seen.</summary>
internal sealed class PortableDisk(string root, string? bounds, WorkdirAccess access) : Disk(root, access)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _bounds = bounds ?? Path.GetFullPath(root);

    public override void Dispose()
    {
    }

    public override FileEntry? Find(string path) => Try("read", path, full =>
    {
        RefuseLinks(Path.GetDirectoryName(full) is { } above && above.Length >= Root.Length ? above : full);
        return Directory.Exists(full) || File.Exists(full) || new FileInfo(full).LinkTarget is not null ? Entry(path, new FileInfo(full)) : null;
    });

    public override IEnumerable<FileEntry> List(string path) => Try("listed", path, full =>
    {
        RefuseLinks(full);
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, MatchType = MatchType.Simple };
        FileSystemInfo[] found = [.. new DirectoryInfo(full).EnumerateFileSystemInfos("*", options)];
        Array.Sort(found, (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return Array.Exists(found, info => info.Name.Contains('\uFFFD', StringComparison.Ordinal))
            ? throw DiskFailure.NotText(full)
            : Array.ConvertAll(found, info => Entry(TreePath.Join(path, info.Name), new FileInfo(info.FullName)));
    });

    public override SafeFileHandle OpenRead(string path) => Try("read", path, full =>
    {
        RefuseLinks(full);
        return Entry(path, new FileInfo(full)).Kind == FileEntryKind.Other
            ? throw new TransferException($"'{full}' is no file that can be copied. Take it away, or name another.", isTransient: false)
            : File.OpenHandle(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    });

    public override SafeFileHandle OpenDirectory(string path) => throw new TransferException($"'{Full(path)}' cannot be held open: this system has no descriptors of directories.", isTransient: false);

    public override SafeFileHandle OpenWrite(string path, bool isExecutable) => Try("written", path, full =>
    {
        RefuseLinks(full);
        if (!OperatingSystem.IsWindows() && !File.Exists(full))
        {
            new FileStream(full, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = isExecutable ? AccessModes.ForDirectory(Access) : AccessModes.ForFile(Access),
            }).Dispose();
        }

        return File.OpenHandle(full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    });

    public override void Rename(string from, string to) => Try("made", to, full =>
    {
        RefuseLinks(Path.GetDirectoryName(full)!);
        File.Move(Full(from), full, overwrite: true);
        return true;
    });

    public override void MakeDirectory(string path) => Try("made", path, full =>
    {
        RefuseLinks(full);
        AccessModes.Make(full, Access);
        return true;
    });

    public override void MakeLink(string path, string target) => Try("made", path, full =>
    {
        RefuseLinks(Path.GetDirectoryName(full)!);
        File.CreateSymbolicLink(full, target);
        return true;
    });

    public override void Delete(string path) => Try("removed", path, full =>
    {
        string directory = Path.GetDirectoryName(full)!;
        RefuseLinks(directory);
        if (Directory.Exists(directory))
        {
            File.Delete(full);
        }

        return true;
    });

    public override void Sync(string path) => Try("made durable", path, full =>
    {
        RefuseLinks(full);
        if (File.Exists(full))
        {
            using SafeFileHandle file = File.OpenHandle(full, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.FlushToDisk(file);
        }

        return true;
    });

    public override void SyncAll(string path)
    {
        foreach (FileEntry entry in List(path))
        {
            if (entry.Kind == FileEntryKind.Directory)
            {
                SyncAll(entry.Path);
            }
            else if (entry.Kind == FileEntryKind.File)
            {
                Sync(entry.Path);
            }
        }
    }

    public override bool TryLink(SafeFileHandle file, string path) => false;

    private static FileEntry Entry(string path, FileInfo file)
    {
        FileEntryKind kind = file.LinkTarget is not null ? FileEntryKind.Link
            : (file.Attributes & FileAttributes.Directory) != 0 ? FileEntryKind.Directory
            : (file.Attributes & FileAttributes.Device) != 0 ? FileEntryKind.Other
            : FileEntryKind.File;
        return new FileEntry(
            path,
            kind,
            kind == FileEntryKind.File ? file.Length : null,
            file.LastWriteTimeUtc.Ticks.ToString("x", CultureInfo.InvariantCulture),
            OperatingSystem.IsWindows() ? null : file.UnixFileMode & (AnyExecute | AccessModes.ForFile(WorkdirAccess.Everyone)))
        {
            LinkTarget = file.LinkTarget,
        };
    }

    private void RefuseLinks(string full)
    {
        if (LinkCheck.Find(_bounds, full) is { } link)
        {
            throw DiskFailure.Link(link);
        }
    }

    private T Try<T>(string action, string path, Func<string, T> call)
    {
        string full = Path.Combine([Root, .. TreePath.Names(path)]);
        try
        {
            return call(full);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.From(exception, action, full);
        }
    }
}
