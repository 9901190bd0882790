using System.Text;

namespace Balsam.Launch.Running;

/// <summary>Says in words why a process could not be started.</summary>
internal static class StartDiagnosis
{
    private const int HeadLength = 256;

    /// <summary>A bare name that is nowhere on the search path.</summary>
    public static StartFailure NotOnPath(string name, string workdir, string path)
    {
        string advice = File.Exists(Path.Combine(workdir, name))
            ? $"There is a '{name}' in the working directory: write './{name}' to run it."
            : "Install it, write its full path, or set PATH in the job's environment.";
        return new StartFailure(Errno.NoEntry, $"The program '{name}' was not found on the PATH '{path}'. {advice}");
    }

    /// <summary>A file that is there but cannot be executed.</summary>
    public static StartFailure NotExecutable(string name, string file) => Directory.Exists(file)
        ? new StartFailure(Errno.AccessDenied, $"The program '{name}' is a directory ('{file}'). Name a program inside it.")
        : new StartFailure(
            Errno.AccessDenied,
            $"The program '{name}' was found as '{file}', but this account may not execute it. Run 'chmod +x {file}', or see that its file system is not mounted noexec.");

    /// <summary>Explains the error number of a failed start.</summary>
    public static StartFailure Explain(int errno, string name, string file, string workdir)
    {
        if (Directory.Exists(file))
        {
            return NotExecutable(name, file);
        }

        switch (errno)
        {
            case Errno.NoEntry or Errno.NotDirectory when !Directory.Exists(workdir):
                return new StartFailure(errno, $"The working directory '{workdir}' was removed while the job started. Restart the job.");
            case Errno.NoEntry or Errno.NotDirectory when !File.Exists(file):
                return new StartFailure(
                    errno,
                    $"The program '{name}' was not found: there is no file '{file}'. A relative path starts at the job's working directory; write the full path, or only the name of a program on the PATH.");
            case Errno.NoEntry:
                return new StartFailure(
                    errno,
                    Interpreter(file) is { } interpreter
                        ? $"The program '{name}' ('{file}') asks to be run by '{interpreter}', which was not found. Correct its first line (watch for Windows line ends) or install the interpreter."
                        : $"The program '{name}' ('{file}') is there, but its loader is not: it was built for another system. Build it for this machine.");
            case Errno.AccessDenied when !LibC.MayExecute(file):
                return NotExecutable(name, file);
            case Errno.ExecFormat:
                return new StartFailure(
                    errno, $"The program '{name}' ('{file}') is not a program for this machine: it is damaged or was built for another processor. Build it for this machine.");
            case Errno.ArgumentListTooLong:
                return new StartFailure(
                    errno, $"The arguments and environment of '{name}' are longer than the system allows (128 KiB each, about 2 MiB together). Hand long data over in a file.");
            case Errno.TryAgain:
                return new StartFailure(
                    errno, $"The program '{name}' could not be started: the account or its control group has as many processes as it may. Raise 'ulimit -u' or the limit on pids, or run fewer jobs at once.");
            case Errno.TextBusy:
                return new StartFailure(errno, $"The program '{name}' ('{file}') is being written. Close the file before the job starts.");
            default:
                return new StartFailure(
                    errno, $"The program '{name}' ('{file}') could not be started in '{workdir}': {Errno.Text(errno)}. Try it by hand in that directory.");
        }
    }

    /// <summary>A symbolic link on the way to the working directory.</summary>
    public static StartFailure Link(int errno, string workdir, string link) => new(
        errno,
        $"The working directory '{workdir}' is not used: '{link}' is a symbolic link, and what jobs write must stay in the data directory. "
        + "Remove the link or choose another directory, then restart the job. To follow links, set BalsamOptions.FollowWorkdirLinks.");

    /// <summary>Why the working directory is not there.</summary>
    public static StartFailure Workdir(int errno, string workdir) => new(errno, errno switch
    {
        Errno.NotDirectory or Errno.Exists =>
            $"The working directory '{workdir}' cannot be created: on the way there is a file where a directory is needed. Remove the file or choose another directory.",
        Errno.AccessDenied or Errno.ReadOnly =>
            $"The working directory '{workdir}' cannot be created: {Errno.Text(errno)}. Give the account write permission there or choose another directory.",
        Errno.NameTooLong => $"The working directory '{workdir}' cannot be created: the path is longer than the system allows. Choose a shorter one.",
        Errno.Invalid => $"The working directory '{workdir}' does not lie in the data directory. Choose one that does.",
        _ => $"The working directory '{workdir}' cannot be created: {Errno.Text(errno)}. {Space(errno)}",
    });

    /// <summary>Why the output file is not open.</summary>
    public static StartFailure Output(int errno, string workdir, string output) => new(errno, errno switch
    {
        Errno.NotDirectory => $"The working directory '{workdir}' is a file. Remove it or choose another directory.",
        Errno.IsDirectory => $"The output file '{output}' in '{workdir}' cannot be written: a directory has that name. Remove or rename it.",
        _ => $"The output file '{output}' in '{workdir}' cannot be created: {Errno.Text(errno)}. {Space(errno)}",
    });

    /// <summary>Whether a file that the kernel does not take for a program may be one for the shell: its first line is text.</summary>
    public static bool LooksLikeScript(string file)
    {
        ReadOnlySpan<byte> head = Head(file);
        int end = head.IndexOf((byte)'\n');
        return !(end < 0 ? head : head[..end]).Contains((byte)0);
    }

    private static string Space(int errno) => errno switch
    {
        Errno.NoSpace or Errno.Quota => "Free some space or raise the quota, then restart the job.",
        Errno.SystemFilesFull or Errno.ProcessFilesFull => "Raise 'ulimit -n' or run fewer jobs at once.",
        _ => "See that the account may write there.",
    };

    private static string? Interpreter(string file)
    {
        ReadOnlySpan<byte> head = Head(file);
        if (!head.StartsWith("#!"u8))
        {
            return null;
        }

        int end = head.IndexOf((byte)'\n');
        string line = Encoding.UTF8.GetString(end < 0 ? head[2..] : head[2..end]).Replace("\r", "\\r", StringComparison.Ordinal);
        return line.Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
    }

    private static byte[] Head(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            byte[] head = new byte[HeadLength];
            return head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
