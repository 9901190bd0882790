namespace Balsam.Launch.Running;

/// <summary>The ways to end a run.</summary>
public enum RunSignal
{
    /// <summary>SIGTERM to the process tree: programs may save their work. The run is over when the whole tree has ended.</summary>
    Terminate,

    /// <summary>SIGKILL to the process tree, and to what has left it: nothing can refuse.</summary>
    Kill,
}
