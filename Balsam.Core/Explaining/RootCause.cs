using System.Collections.Immutable;

namespace Balsam;

/// <summary>Ancestors that a job waits for in the end, alike in what they are.</summary>
/// <param name="State">Their state; null for jobs that are gone.</param>
/// <param name="Refusal">Why no live launcher will run them; null when one will, or they have ended.</param>
/// <param name="Count">How many they are.</param>
/// <param name="First">The first of them.</param>
public sealed record RootCause(JobState? State, JobReason? Refusal, int Count, ImmutableArray<JobId> First)
{
    /// <summary>What must happen before they can go on. A failed ancestor that is still waited for is one that the edge holds for.</summary>
    public JobOutlook Outlook => State is null or JobState.Failed ? JobOutlook.NeedsUser : Refusal?.Outlook ?? JobOutlook.Passing;

    internal string Describe(string noun) => Count == 1 ? $"{noun} {First[0]}, which is {Standing}{Advice("that one", "it")}" : $"{ReasonWords.Count(Count, noun)} that are {Standing} ({ReasonWords.List(First, Count)}){Advice("those", "this job")}";

    private string Standing => (State?.ToText() ?? "gone") + (Refusal is null ? "" : $": {Refusal.Text}");

    private string Advice(string them, string waiter) => State switch
    {
        null => $"; delete {waiter}",
        JobState.Failed => $"; restart {them}",
        _ => "",
    };
}
