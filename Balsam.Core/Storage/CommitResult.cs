namespace Balsam.Storage;

/// <summary>What became of a commit.</summary>
public sealed record CommitResult
{
    private CommitResult(IReadOnlyList<Job> added, BalsamException? refusal)
    {
        Added = added;
        Refusal = refusal;
    }

    /// <summary>The new jobs as stored, in the order of the additions; empty when there were none, or the commit was refused.</summary>
    public IReadOnlyList<Job> Added { get; }

    /// <summary>
    /// Why nothing of the commit was written: <see cref="JobConcurrencyException"/>, <see cref="LeaseLostException"/>,
    /// <see cref="JobNotFoundException"/>, <see cref="AddParentsRefusedException"/>, or <see cref="InvalidJobTransitionException"/> for a change that was not made on the job as it is stored;
    /// null when it was written.
    /// </summary>
    public BalsamException? Refusal { get; }

    /// <summary>Whether the commit was written.</summary>
    public bool IsWritten => Refusal is null;

    /// <summary>The commit was written.</summary>
    /// <param name="added">The new jobs.</param>
    /// <returns>The result.</returns>
    public static CommitResult Written(IReadOnlyList<Job> added) => new(added, null);

    /// <summary>Nothing of the commit was written.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The result.</returns>
    public static CommitResult Refused(BalsamException reason) => new([], reason);
}
