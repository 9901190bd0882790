using Balsam.Launch.Running;
using Balsam.Launch.Staging.Trees;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Lifecycle;

/// <summary>The data directory of a site: where workdirs are, absolute. Nothing that it opens or makes lies outside, unless the user wants links to be followed.</summary>
internal sealed class SiteDirectory(string dataDirectory, WorkdirAccess access, bool followsLinks)
{
    private const string LogName = "balsam.log";

    public string Root { get; } = Path.GetFullPath(dataDirectory);

    /// <summary>What workdirs must not leave; null when links are followed.</summary>
    public string? Bounds => followsLinks ? null : Root;

    public WorkdirAccess Access => access;

    public string Resolve(string workdir) => Path.Combine(Root, workdir);

    /// <summary>The files of a workdir, which transfers cannot leave: no link in it is followed.</summary>
    public DiskTree Tree(string workdir) => new(Resolve(workdir), Bounds, access);

    /// <exception cref="IOException">It cannot be made.</exception>
    public void CreateRoot() => AccessModes.Make(Root, access);

    /// <summary>Makes a workdir, unless it is there.</summary>
    /// <returns>Its absolute path.</returns>
    /// <exception cref="WorkdirException">It cannot be made, or a link on the way leads elsewhere.</exception>
    public string Create(string workdir)
    {
        string path = Resolve(workdir);
        if (OperatingSystem.IsLinux())
        {
            int directory = ConfinedDirectory.Open(Bounds, path, access, out int errno, out string? link);
            if (directory < 0)
            {
                throw new WorkdirException((link is null ? StartDiagnosis.Workdir(errno, path) : StartDiagnosis.Link(errno, path, link)).Message);
            }

            _ = LibC.Close(directory);
            return path;
        }

        if (LinkCheck.Find(Bounds, path) is { } found)
        {
            throw new WorkdirException(StartDiagnosis.Link(0, path, found).Message);
        }

        AccessModes.Make(path, access);
        return path;
    }

    /// <summary>Opens the log of a workdir, to add to it.</summary>
    /// <exception cref="IOException">It cannot be opened, or it is a link.</exception>
    public Stream OpenLog(string workdir)
    {
        if (OperatingSystem.IsLinux())
        {
            const int flags = LibC.OpenWriteOnly | LibC.OpenCreate | LibC.OpenAppend;
            SafeFileHandle? file = ConfinedDirectory.OpenFile(Bounds, Resolve(workdir), LogName, flags, access, out int errno);
            return file is null ? throw new IOException($"'{LogName}' in '{workdir}' cannot be opened: {Errno.Text(errno)}.") : new FileStream(file, FileAccess.Write, bufferSize: 0);
        }

        string path = Path.Combine(Resolve(workdir), LogName);
        if (LinkCheck.Find(Bounds ?? Resolve(workdir), path) is { } link)
        {
            throw new IOException($"'{link}' is a symbolic link.");
        }

        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = AccessModes.ForFile(access);
        }

        return new FileStream(path, options);
    }

    /// <summary>Opens a file of a workdir, to read it; null when it is not there, or is a link.</summary>
    public SafeFileHandle? OpenFile(string workdir, string name)
    {
        string path = Path.Combine(Resolve(workdir), name);
        return OperatingSystem.IsLinux() ? ConfinedDirectory.OpenFile(Bounds, Resolve(workdir), name, LibC.OpenReadOnly, access, out _)
            : LinkCheck.Find(Bounds ?? Resolve(workdir), path) is null && File.Exists(path) ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
            : null;
    }
}
