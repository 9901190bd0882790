namespace Balsam.Testing.Simulation;

/// <summary>Says how long the runs of jobs take and how they end.</summary>
public interface IRunTimeModel
{
    /// <summary>Draws one run.</summary>
    /// <param name="job">The job.</param>
    /// <param name="random">The source of all randomness. For one job, attempt and seed it gives the same numbers, whatever else happens in the campaign.</param>
    /// <returns>The run.</returns>
    DrawnRun Draw(SimulatedJob job, Random random);
}
