using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Balsam.Launch.Running;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Staging.Trees;

/// <summary>A directory of this machine whose every path is opened name by name, so that no link leads out of it, however quickly somebody exchanges one.</summary>
/// <param name="root">The directory.</param>
/// <param name="bounds">The directory above it whose links are not followed either; null to follow those on the way to <paramref name="root"/>.</param>
/// <param name="access">Who may read what is made.</param>
/// <param name="holds">Whether the directory that was used last stays open: what is done next in it is done there, whatever becomes of its name meanwhile.</param>
[SupportedOSPlatform("linux")]
internal sealed class LinuxDisk(string root, string? bounds, WorkdirAccess access, bool holds = false) : Disk(root, access)
{
    private const char Replacement = '\uFFFD';

    private static readonly EnumerationOptions EverythingInIt = new() { AttributesToSkip = 0, IgnoreInaccessible = false, MatchType = MatchType.Simple };

    private readonly string _bounds = bounds ?? Path.GetFullPath(root);
    private readonly bool _holds = holds;

    // Taken out by who is in it, and put back afterwards: one at a time is in it, any other goes the whole way.
    private Visit? _last;

    public override Disk Hold() => new LinuxDisk(Root, _bounds, Access, holds: true);

    public override void Dispose() => Interlocked.Exchange(ref _last, null)?.Close();

    public override FileEntry? Find(string path)
    {
        string[] names = TreePath.Names(path);
        using Visit? visit = TryEnter(names, "read", path);
        if (visit is not { Directory: var directory })
        {
            return null;
        }

        string name = names.Length == 0 ? "." : names[^1];
        int errno = FileCalls.Look(directory, name, out FileFacts facts);
        return errno switch
        {
            0 => facts.ToEntry(path, facts.Kind == FileEntryKind.Link ? FileCalls.ReadLink(directory, name) : null),
            Errno.NoEntry => null,
            _ => throw DiskFailure.From(errno, "read", Full(path)),
        };
    }

    public override IEnumerable<FileEntry> List(string path)
    {
        using SafeFileHandle directory = OpenDirectory(TreePath.Names(path), make: null, "listed", path);
        foreach (string name in Names(directory, path))
        {
            int errno = FileCalls.Look(Descriptor(directory), name, out FileFacts facts);
            if (errno == 0)
            {
                yield return facts.ToEntry(TreePath.Join(path, name), facts.Kind == FileEntryKind.Link ? FileCalls.ReadLink(Descriptor(directory), name) : null);
            }
            else if (errno != Errno.NoEntry)
            {
                throw DiskFailure.From(errno, "read", Full(TreePath.Join(path, name)));
            }
        }
    }

    public override SafeFileHandle OpenRead(string path)
    {
        SafeFileHandle file = OpenFile(path, LibC.OpenReadOnly | LibC.OpenNonBlocking, 0, "read");
        int errno = FileCalls.Look(Descriptor(file), out FileFacts facts);
        if (errno == 0 && facts.Kind == FileEntryKind.File)
        {
            return file;
        }

        file.Dispose();
        throw errno != 0 ? DiskFailure.From(errno, "read", Full(path)) : new TransferException($"'{Full(path)}' is no file that can be copied. Take it away, or name another.", isTransient: false);
    }

    public override SafeFileHandle OpenDirectory(string path) => OpenDirectory(TreePath.Names(path), make: null, "opened", path);

    public override SafeFileHandle OpenWrite(string path, bool isExecutable) => OpenFile(
        path, FileCalls.ReadWrite | LibC.OpenCreate | LibC.OpenNonBlocking, (uint)(isExecutable ? AccessModes.ForDirectory(Access) : AccessModes.ForFile(Access)), "written");

    public override void Rename(string from, string to)
    {
        string[] names = TreePath.Names(from);
        string[] newNames = TreePath.Names(to);
        using Visit visit = Enter(names, "renamed", from);
        using Visit? other = names.AsSpan()[..^1].SequenceEqual(newNames.AsSpan()[..^1]) ? null : Enter(newNames, "renamed", to);
        Check(FileCalls.RenameAt(visit.Directory, names[^1], (other ?? visit).Directory, newNames[^1]), "made", to);
    }

    public override void MakeDirectory(string path) => OpenDirectory(TreePath.Names(path), Access, "made", path).Dispose();

    public override void MakeLink(string path, string target)
    {
        using Visit visit = Enter(TreePath.Names(path), "made", path);
        Check(FileCalls.SymlinkAt(target, visit.Directory, TreePath.Name(path)), "made", path);
    }

    public override void Delete(string path)
    {
        using Visit? visit = TryEnter(TreePath.Names(path), "removed", path);
        if (visit is not null && LibC.UnlinkAt(visit.Directory, TreePath.Name(path), 0) != 0 && Marshal.GetLastPInvokeError() is var errno and not Errno.NoEntry)
        {
            throw DiskFailure.From(errno, "removed", Full(path));
        }
    }

    public override void Sync(string path)
    {
        using SafeFileHandle file = OpenFile(path, LibC.OpenReadOnly | LibC.OpenNonBlocking, 0, "made durable");
        Check(FileCalls.Sync(Descriptor(file)), "made durable", path);
    }

    public override void SyncAll(string path)
    {
        using SafeFileHandle file = OpenFile(path, LibC.OpenReadOnly | LibC.OpenNonBlocking, 0, "made durable");
        Check(FileCalls.SyncFileSystem(Descriptor(file)), "made durable", path);
    }

    public override bool TryLink(SafeFileHandle file, string path)
    {
        using Visit visit = Enter(TreePath.Names(path), "made", path);
        return FileCalls.TryLink(Descriptor(file), visit.Directory, TreePath.Name(path));
    }

    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private string[] Names(SafeFileHandle directory, string path)
    {
        try
        {
            string[] names = [.. new DirectoryInfo(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{Descriptor(directory)}")).EnumerateFileSystemInfos("*", EverythingInIt).Select(info => info.Name)];
            Array.Sort(names, StringComparer.Ordinal);
            return Array.Exists(names, name => name.Contains(Replacement, StringComparison.Ordinal)) ? throw DiskFailure.NotText(Full(path)) : names;
        }
        catch (UnauthorizedAccessException)
        {
            throw DiskFailure.From(Errno.AccessDenied, "listed", Full(path));
        }
        catch (IOException exception)
        {
            throw new TransferException($"'{Full(path)}' cannot be listed: {exception.Message}", isTransient: true, exception);
        }
    }

    private SafeFileHandle OpenFile(string path, int flags, uint mode, string action)
    {
        string[] names = TreePath.Names(path);
        using Visit visit = Enter(names, action, path);
        string name = names.Length == 0 ? "." : names[^1];
        int file = LibC.OpenAt(visit.Directory, name, flags | LibC.OpenNoFollow | LibC.OpenCloseOnExec, mode);
        int errno = file < 0 ? Marshal.GetLastPInvokeError() : 0;
        return errno switch
        {
            0 => new SafeFileHandle(file, ownsHandle: true),
            Errno.Loop => throw DiskFailure.Link(Full(path)),
            _ => throw DiskFailure.From(errno, action, Full(path)),
        };
    }

    private Visit Enter(string[] names, string action, string path) => TryEnter(names, action, path) ?? throw DiskFailure.From(Errno.NoEntry, action, Full(path));

    // The directory that the last of the names is in; null when there is none.
    private Visit? TryEnter(string[] names, string action, string path)
    {
        string[] above = names.Length == 0 ? [] : names[..^1];
        string below = string.Join('/', above);
        Visit? last = Interlocked.Exchange(ref _last, null);
        if (last?.Path == below)
        {
            return last;
        }

        last?.Close();
        return TryOpenDirectory(above, make: null, action, path) is { } directory ? new Visit(this, below, directory) : null;
    }

    private SafeFileHandle OpenDirectory(IEnumerable<string> names, WorkdirAccess? make, string action, string path) =>
        TryOpenDirectory(names, make, action, path) ?? throw DiskFailure.From(Errno.NoEntry, action, Full(path));

    // Null when there is no such directory.
    private SafeFileHandle? TryOpenDirectory(IEnumerable<string> names, WorkdirAccess? make, string action, string path)
    {
        int directory = ConfinedDirectory.Open(_bounds, string.Join('/', names.Prepend(Root.TrimEnd('/'))), make, out int errno, out string? link);
        return directory >= 0 ? new SafeFileHandle(directory, ownsHandle: true)
            : link is not null ? throw DiskFailure.Link(link)
            : errno == Errno.NoEntry ? null
            : throw DiskFailure.From(errno, action, Full(path));
    }

    private void Check(int result, string action, string path)
    {
        if (result != 0)
        {
            throw DiskFailure.From(Marshal.GetLastPInvokeError(), action, Full(path));
        }
    }

    /// <summary>Being in a directory, for one call; when it is over the next one may take its place.</summary>
    private sealed class Visit(LinuxDisk disk, string path, SafeFileHandle directory) : IDisposable
    {
        public string Path => path;

        public int Directory => Descriptor(directory);

        public void Dispose()
        {
            if (disk._holds)
            {
                Interlocked.Exchange(ref disk._last, this)?.Close();
            }
            else
            {
                Close();
            }
        }

        public void Close() => directory.Dispose();
    }
}
