using System.Runtime.InteropServices;

namespace Balsam.Launch.Running;

/// <summary>Takes the exit status of a child that has ended.</summary>
internal static unsafe class Reaper
{
    private const int UsageSize = 512;
    private const int ProcessId = 1;
    private const int ExitedWithoutReaping = 0x01000004;

    /// <summary>Reaps one child, by its own id: any other wait would take children of the .NET runtime.</summary>
    /// <remarks>The resident size that comes with the status is not used: it includes the launcher's own at the time of the start.</remarks>
    public static RunExit Reap(LinuxRun run)
    {
        long* usage = stackalloc long[UsageSize / sizeof(long)];
        int status;
        int result;
        do
        {
            result = LibC.Wait4(run.Pid, &status, 0, usage);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);

        if (result != run.Pid)
        {
            return new RunExit
            {
                RunId = run.RunId,
                Kind = RunExitKind.Exited,
                Code = -1,
                Pid = run.Pid,
                Message = "The process ended, but its exit status was taken by other code in this host (a wait for any child, or SIGCHLD set to be ignored). Remove that code.",
            };
        }

        int signal = status & 0x7f;
        return new RunExit
        {
            RunId = run.RunId,
            Kind = signal == 0 ? RunExitKind.Exited : RunExitKind.Signaled,
            Code = signal == 0 ? (status >> 8) & 0xff : signal,
            Pid = run.Pid,
            UserTime = Time(usage),
            SystemTime = Time(usage + 2),
        };
    }

    /// <summary>Blocks until a child has ended, and leaves it unreaped.</summary>
    public static void AwaitEnd(int pid)
    {
        byte* info = stackalloc byte[256];
        while (LibC.WaitId(ProcessId, pid, info, ExitedWithoutReaping) < 0
            && Marshal.GetLastPInvokeError() == Errno.Interrupted)
        {
        }
    }

    private static TimeSpan Time(long* secondsAndMicroseconds) =>
        TimeSpan.FromTicks((secondsAndMicroseconds[0] * TimeSpan.TicksPerSecond) + (secondsAndMicroseconds[1] * TimeSpan.TicksPerMicrosecond));
}
