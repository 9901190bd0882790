using Balsam.Launch.Packing;

namespace Balsam.Testing.Simulation;

/// <summary>A run that goes on, and how it will end unless something cuts it off. Places in the table are used again.</summary>
internal struct RunInSimulation
{
    public LauncherInSimulation Launcher;

    public Allocation Allocation;

    public int Job;

    /// <summary>Its place among the runs of the simulation.</summary>
    public int Run;

    public long Start;

    public long Cores;

    public FailureKind? Failure;

    public int ExitCode;

    /// <summary>Rises when the place is given back, so that the end of an earlier run is known to be old.</summary>
    public int Generation;

    public bool GoesOn;
}
