using System.Collections.Frozen;

namespace Balsam.Storage;

/// <summary>What became of a commit.</summary>
public sealed record CommitResult
{
    private CommitResult(IReadOnlyList<Job> added, IReadOnlySet<JobId> existing, BalsamException? refusal)
    {
        Added = added;
        Existing = existing;
        Refusal = refusal;
    }

    /// <summary>
    /// The jobs of the additions as stored, in their order: new ones, and, where the key of an addition was taken, the job that has it.
    /// Empty when there were no additions, or the commit was refused.
    /// </summary>
    public IReadOnlyList<Job> Added { get; }

    /// <summary>Which of <see cref="Added"/> are not new, but had the key of their addition already.</summary>
    public IReadOnlySet<JobId> Existing { get; }

    /// <summary>
    /// Why nothing of the commit was written: <see cref="JobConcurrencyException"/>, <see cref="LeaseLostException"/>,
    /// <see cref="JobNotFoundException"/>, <see cref="AddParentsRefusedException"/>, or <see cref="InvalidJobTransitionException"/> for a change that was not made on the job as it is stored;
    /// null when it was written.
    /// </summary>
    public BalsamException? Refusal { get; }

    /// <summary>Whether the commit was written.</summary>
    public bool IsWritten => Refusal is null;

    /// <summary>The commit was written.</summary>
    /// <param name="added">The jobs of the additions, in their order.</param>
    /// <param name="existing">Which of them were there already; null for none.</param>
    /// <returns>The result.</returns>
    public static CommitResult Written(IReadOnlyList<Job> added, IReadOnlySet<JobId>? existing = null) => new(added, existing ?? FrozenSet<JobId>.Empty, null);

    /// <summary>Nothing of the commit was written.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The result.</returns>
    public static CommitResult Refused(BalsamException reason) => new([], FrozenSet<JobId>.Empty, reason);
}
