using Balsam.Launch.Running;

namespace Balsam.Launch.Staging.Trees;

/// <summary>Failures of this machine's files, in words that say what to do.</summary>
internal static class DiskFailure
{
    private const int InputOutput = 5;
    private const int TimedOut = 110;
    private const int HostDown = 112;
    private const int Stale = 116;

    public static TransferException From(int errno, string action, string path) => new(
        $"'{path}' cannot be {action}: {Errno.Text(errno)}.{Advice(errno)}",
        errno is Errno.NoEntry or Errno.NoSpace or Errno.Quota or Errno.NoMemory or Errno.SystemFilesFull or Errno.ProcessFilesFull or Errno.Interrupted or Errno.TryAgain or InputOutput or TimedOut or HostDown or Stale);

    public static TransferException From(Exception exception, string action, string path) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => new($"'{path}' cannot be {action}: it has gone since it was looked at. It is tried again.", isTransient: true, exception),
        UnauthorizedAccessException => new($"'{path}' cannot be {action}: {exception.Message}{Advice(Errno.AccessDenied)}", isTransient: false, exception),
        PathTooLongException => new($"'{path}' cannot be {action}: the name is too long.", isTransient: false, exception),
        _ => new($"'{path}' cannot be {action}: {exception.Message}", isTransient: true, exception),
    };

    public static TransferException Link(string link) => new(
        $"'{link}' is a symbolic link. Transfers follow none, neither in a workdir nor below a location: name what it leads to, or let a location begin there.", isTransient: false);

    public static TransferException NotText(string directory) => new(
        $"'{directory}' holds a name that is no UTF-8, or has the character U+FFFD. Rename the file: it could not be given the same name at the other end.", isTransient: false);

    private static string Advice(int errno) => errno switch
    {
        Errno.NoSpace or Errno.Quota => " Make room; it is tried again.",
        Errno.AccessDenied => " Give the account of the launcher the right to.",
        Errno.NoEntry => " It has gone since it was looked at; it is tried again.",
        _ => "",
    };
}
