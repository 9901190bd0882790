namespace Balsam.Launch.Lifecycle;

/// <summary>The loops of a launcher that call the store.</summary>
internal enum LauncherLoop
{
    /// <summary>The loop that claims, starts and records.</summary>
    Jobs,

    /// <summary>The renewal of the lease.</summary>
    Lease,

    /// <summary>The one that listens for news.</summary>
    News,

    /// <summary>The one that removes files of finished jobs.</summary>
    Cleanup,
}
