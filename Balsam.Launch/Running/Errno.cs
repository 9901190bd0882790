using System.Runtime.InteropServices;

namespace Balsam.Launch.Running;

/// <summary>The error numbers of Linux that the runner tells apart.</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int NoProcess = 3;
    public const int Interrupted = 4;
    public const int ArgumentListTooLong = 7;
    public const int ExecFormat = 8;
    public const int NoChild = 10;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int SystemFilesFull = 23;
    public const int ProcessFilesFull = 24;
    public const int TextBusy = 26;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;
    public const int NameTooLong = 36;
    public const int NotImplemented = 38;
    public const int Loop = 40;
    public const int Quota = 122;

    /// <summary>The operating system's words for an error number.</summary>
    public static string Text(int errno) => Marshal.GetPInvokeErrorMessage(errno);
}
