namespace Balsam.Crash;

/// <summary>What a line of the acknowledgements is about.</summary>
public enum AckWhat
{
    /// <summary>An operation is about to be asked for.</summary>
    Meant = 1,

    /// <summary>The store has answered: these jobs were made or changed.</summary>
    Done = 2,

    /// <summary>A watcher of events was given this one.</summary>
    Seen = 3,
}
