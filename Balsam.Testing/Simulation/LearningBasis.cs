namespace Balsam.Testing.Simulation;

/// <summary>Which runs a learned model draws from, the most telling first.</summary>
public enum LearningBasis
{
    /// <summary>Runs of jobs with the same parameters.</summary>
    SameParameters = 1,

    /// <summary>Runs of the jobs with the nearest numbers, and otherwise the same parameters.</summary>
    NearestParameters = 2,

    /// <summary>All runs of the application.</summary>
    Application = 3,
}
