using System.IO.Enumeration;
using Balsam.Launch.Running;
using Balsam.Launch.Staging;

namespace Balsam.Launch.Workdirs;

/// <summary>A directory by its name, where the system has no calls that take a descriptor. A link that is put in its place after the look is followed.</summary>
internal sealed class NamedDirectory(string path, WorkdirAccess access) : HeldDirectory
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    public override IEnumerable<HeldEntry> List()
    {
        foreach (FileSystemInfo entry in new FileSystemEnumerable<FileSystemInfo>(path, (ref FileSystemEntry entry) => entry.ToFileSystemInfo(), Everything))
        {
            yield return entry.LinkTarget is not null ? new HeldEntry(entry.Name, FileEntryKind.Link, 0)
                : entry is FileInfo file ? new HeldEntry(entry.Name, FileEntryKind.File, file.Length)
                : new HeldEntry(entry.Name, FileEntryKind.Directory, 0);
        }
    }

    public override HeldDirectory? Enter(string name)
    {
        var below = new DirectoryInfo(Path.Combine(path, name));
        return below.Exists && below.LinkTarget is null ? new NamedDirectory(below.FullName, access) : null;
    }

    public override HeldDirectory? Make(string name) => Failing(() =>
    {
        string below = Path.Combine(path, name);
        if (!Path.Exists(below) && new FileInfo(below).LinkTarget is null)
        {
            AccessModes.Make(below, access);
        }

        return Enter(name);
    });

    public override string? TargetOf(string name) => new FileInfo(Path.Combine(path, name)).LinkTarget;

    public override bool TryLink(string name, string target) => Failing(() =>
    {
        string link = Path.Combine(path, name);
        if (Path.Exists(link) || new FileInfo(link).LinkTarget is not null)
        {
            return false;
        }

        File.CreateSymbolicLink(link, target);
        return true;
    });

    public override void Remove(string name) => Failing(() =>
    {
        File.Delete(Path.Combine(path, name));
        return true;
    });

    public override bool TryRemoveDirectory(string name)
    {
        try
        {
            Directory.Delete(Path.Combine(path, name), recursive: false);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public override void Dispose()
    {
    }

    private static T Failing<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, Errno.AccessDenied);
        }
    }
}
