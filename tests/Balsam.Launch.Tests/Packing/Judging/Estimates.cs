namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>What the jobs of a mix say of their run times.</summary>
public enum Estimates
{
    /// <summary>The truth.</summary>
    Exact,

    /// <summary>One to three times the truth, in whole minutes.</summary>
    Rough,

    /// <summary>Nothing.</summary>
    Missing,
}
