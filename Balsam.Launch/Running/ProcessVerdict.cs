namespace Balsam.Launch.Running;

/// <summary>What the marks of a process say.</summary>
internal enum ProcessVerdict
{
    /// <summary>It has ended, or ended before it could be looked at.</summary>
    Gone,

    /// <summary>It belongs to a run that is not looked for.</summary>
    Other,

    /// <summary>It has no mark: at most its parents tell whose it is.</summary>
    Unmarked,

    /// <summary>It is one of those looked for.</summary>
    Ours,
}
