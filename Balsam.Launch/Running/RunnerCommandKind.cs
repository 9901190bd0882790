namespace Balsam.Launch.Running;

/// <summary>The kinds of <see cref="RunnerCommand"/>.</summary>
internal enum RunnerCommandKind
{
    Start,
    Terminate,
    Kill,

    /// <summary>A leader has ended, told by a thread that waits for it where the kernel gave no descriptor.</summary>
    LeaderEnded,

    /// <summary>Kill everything and finish.</summary>
    Stop,
}
