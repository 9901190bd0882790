namespace Balsam.Launch.Running;

/// <summary>The ways to end a run.</summary>
public enum RunSignal
{
    /// <summary>
    /// SIGTERM to the process group: programs may save their work. The run is over when the whole group has ended; what had left the group is killed then.
    /// </summary>
    Terminate,

    /// <summary>SIGKILL to the process group, then to what had left it: nothing can refuse.</summary>
    Kill,
}
