namespace Balsam;

/// <summary>What a parent's state means for one edge.</summary>
public enum DependencyVerdict
{
    /// <summary>The parent has not ended, or the child is held.</summary>
    Pending,

    /// <summary>The parent ended as the edge asks.</summary>
    Satisfied,

    /// <summary>The parent ended otherwise; the child fails.</summary>
    Broken,
}
