namespace Balsam.Launch.Lifecycle;

/// <summary>How far the stop of a launcher is. It only rises.</summary>
internal enum StopStage
{
    /// <summary>Nobody has told it to stop.</summary>
    None,

    /// <summary>Nothing new starts; what runs may go on.</summary>
    Draining,

    /// <summary>Everything was asked to end: SIGTERM, cancellation.</summary>
    Ending,

    /// <summary>Processes were killed; ends are recorded.</summary>
    Killing,
}
