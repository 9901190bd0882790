using System.Runtime.InteropServices;

namespace Balsam.Launch.Running;

/// <summary>Makes a run's working directory and opens its output file.</summary>
internal static class Workspace
{
    /// <summary>Opens the working directory; what is missing of it is made.</summary>
    /// <returns>A descriptor for the <c>…at</c> calls and fchdir, or -1.</returns>
    public static int Open(RunRequest request, out StartFailure? failure)
    {
        int directory = ConfinedDirectory.Open(request.Root, request.Workdir, request.Access, out int errno, out string? link);
        failure = directory >= 0 ? null : link is not null ? StartDiagnosis.Link(errno, request.Workdir, link) : StartDiagnosis.Workdir(errno, request.Workdir);
        return directory;
    }

    /// <summary>Opens a new output file; one that is there is kept under another name.</summary>
    /// <returns>The descriptor, or -1.</returns>
    public static int OpenOutput(RunRequest request, int directory, out StartFailure? failure)
    {
        const int flags = LibC.OpenWriteOnly | LibC.OpenCreate | LibC.OpenExclusive | LibC.OpenCloseOnExec;
        failure = null;
        int fd;
        int errno;
        do
        {
            fd = LibC.OpenAt(directory, request.OutputPath, flags, (uint)AccessModes.ForFile(request.Access));
            errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == Errno.Exists && (errno = EarlierOutput.Keep(directory, request.OutputPath)) == 0);

        if (errno != 0)
        {
            failure = StartDiagnosis.Output(errno, request.Workdir, request.OutputPath);
        }

        return fd;
    }
}
