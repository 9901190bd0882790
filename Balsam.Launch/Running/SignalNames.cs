using System.Collections.Frozen;
using System.Globalization;

namespace Balsam.Launch.Running;

/// <summary>The signals by number, as Linux counts them on x86-64 and ARM.</summary>
internal static class SignalNames
{
    private static readonly FrozenDictionary<int, (string Name, string Meaning)> Table = new Dictionary<int, (string, string)>
    {
        [1] = ("SIGHUP", "hangup"),
        [2] = ("SIGINT", "interrupt"),
        [3] = ("SIGQUIT", "quit"),
        [4] = ("SIGILL", "illegal instruction"),
        [5] = ("SIGTRAP", "trace trap"),
        [6] = ("SIGABRT", "aborted"),
        [7] = ("SIGBUS", "bus error"),
        [8] = ("SIGFPE", "arithmetic error"),
        [9] = ("SIGKILL", "killed"),
        [10] = ("SIGUSR1", "user signal 1"),
        [11] = ("SIGSEGV", "invalid memory access"),
        [12] = ("SIGUSR2", "user signal 2"),
        [13] = ("SIGPIPE", "broken pipe"),
        [14] = ("SIGALRM", "alarm clock"),
        [15] = ("SIGTERM", "terminated"),
        [16] = ("SIGSTKFLT", "stack fault"),
        [17] = ("SIGCHLD", "child ended"),
        [18] = ("SIGCONT", "continue"),
        [19] = ("SIGSTOP", "stopped"),
        [20] = ("SIGTSTP", "stopped at the terminal"),
        [21] = ("SIGTTIN", "terminal input"),
        [22] = ("SIGTTOU", "terminal output"),
        [23] = ("SIGURG", "urgent socket data"),
        [24] = ("SIGXCPU", "processor time limit exceeded"),
        [25] = ("SIGXFSZ", "file size limit exceeded"),
        [26] = ("SIGVTALRM", "virtual timer"),
        [27] = ("SIGPROF", "profiling timer"),
        [28] = ("SIGWINCH", "window resized"),
        [29] = ("SIGIO", "input or output possible"),
        [30] = ("SIGPWR", "power failure"),
        [31] = ("SIGSYS", "bad system call"),
    }.ToFrozenDictionary();

    /// <summary>The name, for example <c>SIGSEGV</c>.</summary>
    public static string Of(int signal) =>
        Table.TryGetValue(signal, out (string Name, string Meaning) entry) ? entry.Name
        : signal is >= 34 and <= 64 ? string.Create(CultureInfo.InvariantCulture, $"SIGRTMIN+{signal - 34}")
        : string.Create(CultureInfo.InvariantCulture, $"signal {signal}");

    /// <summary>Name and meaning, for example <c>SIGSEGV, invalid memory access</c>.</summary>
    public static string Describe(int signal) =>
        Table.TryGetValue(signal, out (string Name, string Meaning) entry) ? $"{entry.Name}, {entry.Meaning}" : Of(signal);
}
