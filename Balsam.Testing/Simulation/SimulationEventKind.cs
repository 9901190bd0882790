namespace Balsam.Testing.Simulation;

/// <summary>What can happen at an instant, in the order in which it is looked at.</summary>
internal enum SimulationEventKind
{
    /// <summary>A run comes to its end.</summary>
    RunEnd,

    /// <summary>What follows a run is done: the job has ended, or runs again.</summary>
    Settle,

    /// <summary>A node is there again.</summary>
    Repair,

    /// <summary>Some node fails.</summary>
    NodeFailure,

    /// <summary>A launcher comes to its wall time.</summary>
    LauncherEnd,

    /// <summary>An allocation begins.</summary>
    LauncherStart,

    /// <summary>The wait of a job that is repeated is over.</summary>
    Due,
}
