namespace Balsam;

/// <summary>A parent of a job that is being added: a stored job, or one of the same call.</summary>
public readonly record struct ParentReference
{
    private ParentReference(JobId stored, int index, DependencyCondition condition)
    {
        Stored = stored;
        Index = index;
        Condition = condition;
    }

    /// <summary>The stored parent; the default value when the parent is one of the same call.</summary>
    public JobId Stored { get; }

    /// <summary>The parent's place in the call, from 0; meaningless when the parent is a stored one.</summary>
    public int Index { get; }

    /// <summary>How the parent must end.</summary>
    public DependencyCondition Condition { get; }

    /// <summary>Whether the parent is a stored job.</summary>
    public bool IsStored => Stored != default;

    /// <summary>Refers to a stored job.</summary>
    /// <param name="parent">The job.</param>
    /// <param name="condition">How it must end.</param>
    /// <returns>The reference.</returns>
    public static ParentReference To(JobId parent, DependencyCondition condition = DependencyCondition.Success) => new(parent, 0, condition);

    /// <summary>Refers to a job of the same call.</summary>
    /// <param name="index">Its place in the call, from 0.</param>
    /// <param name="condition">How it must end.</param>
    /// <returns>The reference.</returns>
    public static ParentReference ToIndex(int index, DependencyCondition condition = DependencyCondition.Success) => new(default, index, condition);
}
