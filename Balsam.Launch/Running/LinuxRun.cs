namespace Balsam.Launch.Running;

/// <summary>A process that was started and not yet reported as ended. Belongs to the runner's thread.</summary>
internal sealed class LinuxRun(long runId, int pid, Action<RunExit> ended)
{
    public long RunId { get; } = runId;

    /// <summary>The id of the leader, and so of its process group and session; not used again by the system before the leader is reaped.</summary>
    public int Pid { get; } = pid;

    /// <summary>The mark of its processes beside the environment's; null for none.</summary>
    public ulong? Mark { get; init; }

    public Action<RunExit> Ended { get; } = ended;

    /// <summary>Whether a signal was asked for: the run is then over only when its whole group has ended.</summary>
    public bool Signaled { get; set; }

    /// <summary>Whether the leader has ended; it stays unreaped while the group is being waited for.</summary>
    public bool LeaderEnded { get; set; }

    /// <summary>The members of the group that are watched after the leader's end.</summary>
    public int WatchedMembers { get; set; }
}
