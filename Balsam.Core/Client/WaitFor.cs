namespace Balsam;

/// <summary>How many of some jobs a wait waits for.</summary>
public enum WaitFor
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>At least one of them.</summary>
    First,
}
