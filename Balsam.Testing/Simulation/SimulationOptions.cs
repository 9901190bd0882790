using System.Collections.Frozen;
using Balsam.Launch.Packing;

namespace Balsam.Testing.Simulation;

/// <summary>Under what circumstances a campaign is simulated.</summary>
public sealed record SimulationOptions
{
    /// <summary>The nodes, and when they are there.</summary>
    public required IReadOnlyList<SimulatedAllocation> Allocations { get; init; }

    /// <summary>The packer.</summary>
    /// <value>Default: <see cref="BackfillPolicy"/>, the launcher's own.</value>
    public IPackingPolicy Policy { get; init; } = new BackfillPolicy();

    /// <summary>How long runs take, of jobs that do not say so themselves.</summary>
    /// <value>Default: <see cref="RunTimeModel.AsEstimated"/>.</value>
    public IRunTimeModel RunTime { get; init; } = RunTimeModel.AsEstimated;

    /// <summary>What the launcher adds to each run.</summary>
    /// <value>Default: nothing.</value>
    public LauncherOverhead Overhead { get; init; }

    /// <summary>The retry policies of applications, as <see cref="ApplicationDefinition.Retry"/> gives them.</summary>
    /// <value>Default: none: an error fails the job, a run that was cut off is repeated.</value>
    public IReadOnlyDictionary<ApplicationName, RetryPolicy> Retries { get; init; } = FrozenDictionary<ApplicationName, RetryPolicy>.Empty;

    /// <summary>How often nodes fail.</summary>
    /// <value>Default: null, never.</value>
    public NodeFailures? NodeFailures { get; init; }

    /// <summary>When the campaign is submitted.</summary>
    /// <value>Default: the first instant of 2000, in UTC.</value>
    public DateTimeOffset SubmittedAt { get; init; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether the jobs' events and the runs' placements are kept: reports need them, campaigns of a million jobs go without.</summary>
    /// <value>Default: true.</value>
    public bool KeepHistory { get; init; } = true;
}
