namespace Balsam;

/// <summary>How a parent must end for its child to run, and what becomes of the child when it ends otherwise.</summary>
public enum DependencyCondition
{
    /// <summary>After the parent's success; its failure fails the child at once. The default.</summary>
    Success = 0,

    /// <summary>After the parent's failure; its success fails the child, which is then not needed.</summary>
    Failure = 1,

    /// <summary>After the parent's end, however it ended.</summary>
    Either = 2,

    /// <summary>After the parent's success; while the parent is failed the child is held until the parent is restarted.</summary>
    SuccessOrHold = 3,
}
