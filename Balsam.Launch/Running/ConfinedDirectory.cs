using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Running;

/// <summary>Opens a directory below a root, name by name, so that no symbolic link on the way leads out of the root, however quickly somebody exchanges one (Linux).</summary>
/// <remarks>What is done with the descriptor is done in that directory, whatever becomes of its name meanwhile.</remarks>
internal static class ConfinedDirectory
{
    /// <summary>Opens the directory.</summary>
    /// <param name="root">The directory that it must not leave, which may itself be a link; null to follow links all the way.</param>
    /// <param name="directory">The directory, absolute; below <paramref name="root"/>.</param>
    /// <param name="make">Who may read the directories that are missing, which are made; null to make none.</param>
    /// <param name="errno">The error number when it cannot be opened, else 0.</param>
    /// <param name="link">The symbolic link that is in the way; null when none is.</param>
    /// <returns>A descriptor for the <c>…at</c> calls and fchdir; -1 when it cannot be opened.</returns>
    public static int Open(string? root, string directory, WorkdirAccess? make, out int errno, out string? link)
    {
        link = null;
        string start = root ?? directory;
        int at = OpenStart(start, make, out errno);
        if (root is null || at < 0)
        {
            return at;
        }

        string path = root.TrimEnd('/');
        foreach (string name in NamesBelow(path, directory))
        {
            path = $"{path}/{name}";
            int next = name is "." or ".." ? -1 : OpenNext(at, name, make, out errno);
            errno = name is "." or ".." ? Errno.Invalid : errno;
            if (next < 0 && errno is Errno.NotDirectory or Errno.Loop && LibC.IsLink(at, name))
            {
                link = path;
            }

            _ = LibC.Close(at);
            at = next;
            if (at < 0)
            {
                return at;
            }
        }

        return at;
    }

    /// <summary>Opens a file in the directory; never a link's target, and without waiting for the other end of a pipe.</summary>
    /// <returns>The file; null when it cannot be opened.</returns>
    [SupportedOSPlatform("linux")]
    public static SafeFileHandle? OpenFile(string? root, string directory, string name, int flags, WorkdirAccess access, out int errno)
    {
        int at = Open(root, directory, make: null, out errno, out _);
        if (at < 0)
        {
            return null;
        }

        int fd = LibC.OpenAt(at, name, flags | LibC.OpenNoFollow | LibC.OpenNonBlocking | LibC.OpenCloseOnExec, (uint)AccessModes.ForFile(access));
        errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = LibC.Close(at);
        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    private static string[] NamesBelow(string root, string directory) => directory.StartsWith(root + "/", StringComparison.Ordinal)
        ? directory[(root.Length + 1)..].Split('/', StringSplitOptions.RemoveEmptyEntries)
        : directory.TrimEnd('/') == root ? [] : [".."];

    private static int OpenStart(string start, WorkdirAccess? make, out int errno)
    {
        int fd = Open(LibC.AtWorkingDirectory, start, LibC.OpenPath | LibC.OpenDirectory | LibC.OpenCloseOnExec, out errno);
        if (fd >= 0 || errno != Errno.NoEntry || make is not { } access)
        {
            return fd;
        }

        errno = Make(start, access);
        return errno == 0 ? Open(LibC.AtWorkingDirectory, start, LibC.OpenPath | LibC.OpenDirectory | LibC.OpenCloseOnExec, out errno) : -1;
    }

    private static int OpenNext(int at, string name, WorkdirAccess? make, out int errno)
    {
        int flags = LibC.OpenPath | LibC.OpenDirectory | LibC.OpenNoFollow | LibC.OpenCloseOnExec;
        int fd = Open(at, name, flags, out errno);
        if (fd >= 0 || errno != Errno.NoEntry || make is not { } access)
        {
            return fd;
        }

        // Another job may make the same directory at this moment.
        if (LibC.MakeDirectoryAt(at, name, (uint)AccessModes.ForDirectory(access)) != 0 && Marshal.GetLastPInvokeError() is var failed and not Errno.Exists)
        {
            errno = failed;
            return -1;
        }

        return Open(at, name, flags, out errno);
    }

    private static int Open(int at, string name, int flags, out int errno)
    {
        int fd = LibC.OpenAt(at, name, flags, 0);
        errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        return fd;
    }

    private static int Make(string directory, WorkdirAccess access)
    {
        try
        {
            AccessModes.Make(directory, access);
            return 0;
        }
        catch (UnauthorizedAccessException)
        {
            return Errno.AccessDenied;
        }
        catch (IOException exception)
        {
            // On Unix the error number is the HResult of the inner or of the exception itself; a number that is none is told as "not a directory".
            return exception.HResult is > 0 and < 200 ? exception.HResult : Errno.NotDirectory;
        }
    }
}
