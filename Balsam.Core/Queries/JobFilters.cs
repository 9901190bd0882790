using System.Collections.Immutable;

namespace Balsam;

/// <summary>What can be read off a filter: a store uses it to look in the right place.</summary>
public static class JobFilters
{
    /// <summary>The states to which a filter restricts jobs, whatever else it asks.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>The states; null when it does not restrict them.</returns>
    public static JobStateSet? StatesOf(JobFilter filter) => filter switch
    {
        StateFilter states => states.States,
        NotFilter { Part: StateFilter states } => JobStates.All.Except(states.States),
        AndFilter and => and.Parts.Select(StatesOf).Aggregate((JobStateSet?)null, (all, part) => part is null ? all : all?.Intersect(part.Value) ?? part),
        _ => null,
    };

    /// <summary>The states that a filter asks for when it asks for nothing else.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>The states, all of them for a filter that takes every job; null when the filter asks for something else.</returns>
    public static JobStateSet? AsStates(JobFilter filter) => filter switch
    {
        AndFilter and => and.Parts.All(part => AsStates(part) is not null) ? StatesOf(filter) ?? JobStates.All : null,
        StateFilter or NotFilter { Part: StateFilter } => StatesOf(filter),
        _ => null,
    };

    /// <summary>The numbers to which a filter restricts jobs, whatever else it asks.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>The numbers; null when it does not restrict them.</returns>
    public static ImmutableHashSet<JobId>? IdsOf(JobFilter filter) => filter switch
    {
        IdFilter ids => ids.Ids,
        AndFilter and => and.Parts.Select(IdsOf).FirstOrDefault(ids => ids is not null),
        _ => null,
    };

    /// <summary>The parts that a job must all meet.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>The parts; the filter itself when it is not a conjunction.</returns>
    public static IEnumerable<JobFilter> Conjuncts(JobFilter filter) => filter is AndFilter and ? and.Parts.SelectMany(Conjuncts) : [filter];
}
