namespace Balsam.Testing;

/// <summary>Why a drive is over.</summary>
internal enum DriveEnd
{
    /// <summary>What was wanted is there.</summary>
    Reached,

    /// <summary>The launcher has nothing to do, or there is none.</summary>
    Idle,

    /// <summary>Something runs, and nothing will ever end it.</summary>
    NothingAhead,

    /// <summary>It would go on beyond the limit.</summary>
    TooLong,
}
