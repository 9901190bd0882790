namespace Balsam.Storage.Embedded;

/// <summary>Where an embedded store looks for the jobs of a query.</summary>
internal enum JobAccess
{
    /// <summary>The query names numbers.</summary>
    Numbers,

    /// <summary>The state of every job, in memory.</summary>
    StateMap,

    /// <summary>An index of what is underneath.</summary>
    Index,

    /// <summary>All jobs, one after the other.</summary>
    Everything,
}
