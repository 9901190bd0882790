using System.Collections.Immutable;

namespace Balsam;

/// <summary>What an event query asks, and in which order it gives.</summary>
internal sealed record EventConditions
{
    public ImmutableArray<JobQuery> Jobs { get; init; } = [];

    public JobStateSet FromStates { get; init; } = JobStates.All;

    public JobStateSet ToStates { get; init; } = JobStates.All;

    public ImmutableHashSet<JobTrigger>? Triggers { get; init; }

    public DateTimeOffset Earliest { get; init; } = DateTimeOffset.MinValue;

    public DateTimeOffset Latest { get; init; } = DateTimeOffset.MaxValue;

    public ImmutableArray<JsonFilter> Data { get; init; } = [];

    public ImmutableArray<Func<JobEvent, bool>> Predicates { get; init; } = [];

    /// <summary>The number of the last event already seen.</summary>
    public long? Since { get; init; }

    public bool Descending { get; init; }

    public int Take { get; init; } = int.MaxValue;

    /// <summary>Whether an event is meant, but for what is asked of its job.</summary>
    public bool Hold(JobEvent step) =>
        FromStates.Contains(step.From) && ToStates.Contains(step.To) && (Triggers is null || Triggers.Contains(step.Trigger))
        && step.At >= Earliest && step.At <= Latest && !(step.Sequence <= Since)
        && Data.All(condition => condition.Holds(step.Data)) && Predicates.All(predicate => predicate(step));
}
