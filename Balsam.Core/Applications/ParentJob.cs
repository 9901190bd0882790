namespace Balsam;

/// <summary>A parent as a hook or function of its child sees it: how the child depends on it, what it returned, where its files are.</summary>
/// <param name="Job">The parent as it was when it was read.</param>
/// <param name="Condition">How the child asked it to end.</param>
/// <param name="Workdir">Its directory, absolute. That of a parent in another site is where it would be in the child's.</param>
public sealed record ParentJob(Job Job, DependencyCondition Condition, string Workdir)
{
    /// <summary>The parent's number.</summary>
    public JobId Id => Job.Id;

    /// <summary>The parent's state.</summary>
    public JobState State => Job.State;

    /// <summary>The parent's data.</summary>
    public JobData Data => Job.Data;

    /// <summary>Reads what the parent's function returned.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <returns>The result.</returns>
    /// <exception cref="JobFailedException">The parent is FAILED, which an edge other than <see cref="DependencyCondition.Success"/> allows.</exception>
    /// <exception cref="JobResultMissingException">Its application returns nothing.</exception>
    public T GetResult<T>() => Job.GetResult<T>();
}
