namespace Balsam;

/// <summary>Why a change of several jobs left one of them as it was.</summary>
public enum WhyUnchanged
{
    /// <summary>There is no such job.</summary>
    Missing = 1,

    /// <summary>It is RUNNING, and the change is not one that a running job can take.</summary>
    Running = 2,

    /// <summary>A launcher holds it, and works on it now.</summary>
    Leased = 3,

    /// <summary>The change makes no sense in its state: a job that has ended is cancelled, one that has not is restarted.</summary>
    IllegalState = 4,

    /// <summary>It met the query when its number was read, and no longer did when the change was written.</summary>
    NoLongerMatches = 5,

    /// <summary>A parent stands in the way: it failed, was deleted, or did not end as the edge asks.</summary>
    BlockedByParent = 6,

    /// <summary>A child that stays needs it.</summary>
    NeededByChild = 7,

    /// <summary>The change would make it a job that a submit refuses: an unknown parameter, a request larger than any node, data too long.</summary>
    Invalid = 8,

    /// <summary>It is as the change asks already; nothing was written.</summary>
    AlreadySo = 9,
}
