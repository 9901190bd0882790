using System.Runtime.InteropServices;

namespace Balsam.Launch.Running;

/// <summary>Makes a run's working directory and opens its output file, with as few system calls as can be.</summary>
internal static unsafe class Workspace
{
    private const uint DirectoryMode = 0x1FF; // 0777 less the umask
    private const uint FileMode = 0x1B6; // 0666 less the umask

    /// <summary>Creates the working directory, with its parents, unless it is there.</summary>
    public static StartFailure? Prepare(string workdir, byte* path)
    {
        if (LibC.MakeDirectory(path, DirectoryMode) == 0)
        {
            return null;
        }

        int errno = Marshal.GetLastPInvokeError();
        if (errno == Errno.NoEntry)
        {
            errno = PrepareParents(workdir);
            if (errno == 0)
            {
                errno = LibC.MakeDirectory(path, DirectoryMode) == 0 ? 0 : Marshal.GetLastPInvokeError();
            }
        }

        // A file of that name shows when the output file is opened.
        return errno is 0 or Errno.Exists ? null : StartDiagnosis.Workdir(errno, workdir);
    }

    /// <summary>Opens a new output file; one that is there is kept under another name.</summary>
    /// <returns>The descriptor, or -1.</returns>
    public static int OpenOutput(RunRequest request, byte* path, out StartFailure? failure)
    {
        const int flags = LibC.OpenWriteOnly | LibC.OpenCreate | LibC.OpenExclusive | LibC.OpenCloseOnExec;
        failure = null;
        int fd;
        int errno;
        do
        {
            fd = LibC.Open(path, flags, FileMode);
            errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == Errno.Exists && (errno = EarlierOutput.Keep(Path.Combine(request.Workdir, request.OutputPath))) == 0);

        if (errno != 0)
        {
            failure = StartDiagnosis.Output(errno, request.Workdir, request.OutputPath);
        }

        return fd;
    }

    private static int PrepareParents(string workdir)
    {
        try
        {
            if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(workdir)) is { Length: > 0 } parent)
            {
                Directory.CreateDirectory(parent);
            }

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
