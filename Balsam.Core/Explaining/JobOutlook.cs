namespace Balsam;

/// <summary>What must happen before a job can go on.</summary>
public enum JobOutlook
{
    /// <summary>Nothing but time: it goes on by itself, or others must end first.</summary>
    Passing,

    /// <summary>It has ended.</summary>
    Ended,

    /// <summary>None of the launchers that are alive will ever run it: another one must come, or the job must change.</summary>
    NeedsLauncher,

    /// <summary>Only somebody who restarts, changes or deletes a job helps.</summary>
    NeedsUser,
}
