using System.Collections.Immutable;

namespace Balsam;

/// <summary>The job waits for parents.</summary>
/// <param name="Open">How many parents it still waits for.</param>
/// <param name="First">The first of these.</param>
/// <param name="Causes">What it waits for in the end: the ancestors that do not wait for parents themselves, in groups; those first that do not go on by themselves.</param>
/// <param name="IsDirect">Whether the causes are the open parents themselves, none of which waits for parents in turn.</param>
/// <param name="IsComplete">Whether all ancestors were looked at; they are too many otherwise.</param>
public sealed record ParentsReason(int Open, ImmutableArray<JobId> First, ImmutableArray<RootCause> Causes, bool IsDirect, bool IsComplete) : JobReason
{
    private const int MostCauses = 4;

    /// <inheritdoc/>
    public override JobOutlook Outlook => Causes.IsEmpty ? JobOutlook.Passing : Causes.Max(cause => cause.Outlook);

    /// <inheritdoc/>
    public override string Text
    {
        get
        {
            string noun = IsDirect ? "parent" : "job";
            string rest = Causes.Length > MostCauses ? $", and {ReasonWords.Count(Causes.Skip(MostCauses).Sum(cause => (long)cause.Count), noun)} more" : "";
            string causes = string.Join(", and ", Causes.Take(MostCauses).Select(cause => cause.Describe(noun))) + rest;
            string parents = Open == 1 ? $"parent {First[0]}" : $"{ReasonWords.Count(Open, "parent")} ({ReasonWords.List(First, Open)})";
            return Open == 0 ? "its parents have ended by now; it goes on at once"
                : IsDirect ? $"it waits for {causes}"
                : Causes.IsEmpty ? $"it waits for {parents}, behind more ancestors than were looked at"
                : $"it waits for {parents}, and {(Open == 1 ? "that" : "they")} in the end for {causes}{(IsComplete ? "" : ", and more: not all ancestors were looked at")}";
        }
    }
}
