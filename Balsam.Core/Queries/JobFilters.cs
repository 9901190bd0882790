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
        TransferFilter transfer => TransferRules.JobStatesOf(transfer.State, transfer.Direction),
        CleanupPendingFilter => JobStateSet.Of(JobState.JobFinished),
        AndFilter and => and.Parts.Select(StatesOf).Aggregate((JobStateSet?)null, (all, part) => part is null ? all : all?.Intersect(part.Value) ?? part),
        OrFilter or => or.Parts.Select(StatesOf).Aggregate((JobStateSet?)JobStateSet.Empty, (all, part) => part is null ? null : all?.Union(part.Value)),
        _ => null,
    };

    /// <summary>The jobs of an application class, under its present name or a former one.</summary>
    internal static JobFilter OfApplication(Type application)
    {
        JobFilter[] names = [.. ApplicationName.AllOf(application).Select(name => new ApplicationFilter(name))];
        return names is [JobFilter only] ? only : new OrFilter([.. names]);
    }

    /// <summary>The states that a filter asks for when it asks for nothing else.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>The states, all of them for a filter that takes every job; null when the filter asks for something else.</returns>
    public static JobStateSet? AsStates(JobFilter filter) => filter switch
    {
        AndFilter and => and.Parts.Aggregate((JobStateSet?)JobStates.All, (all, part) => AsStates(part) is { } states ? all?.Intersect(states) : null),
        OrFilter or => or.Parts.Aggregate((JobStateSet?)JobStateSet.Empty, (all, part) => AsStates(part) is { } states ? all?.Union(states) : null),
        NotFilter not => AsStates(not.Part) is { } states ? JobStates.All.Except(states) : null,
        StateFilter state => state.States,
        _ => null,
    };

    /// <summary>The numbers to which a filter restricts jobs, whatever else it asks.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>The numbers; null when it does not restrict them.</returns>
    public static ImmutableHashSet<JobId>? IdsOf(JobFilter filter) => filter switch
    {
        IdFilter ids => ids.Ids,
        AndFilter and => and.Parts.Select(IdsOf).Aggregate((ImmutableHashSet<JobId>?)null, (all, part) => part is null ? all : all?.Intersect(part) ?? part),
        OrFilter or => or.Parts.Select(IdsOf).Aggregate((ImmutableHashSet<JobId>?)[], (all, part) => part is null ? null : all?.Union(part)),
        _ => null,
    };

    /// <summary>The range of numbers to which a filter restricts jobs, whatever else it asks.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>The range; without ends when it does not restrict them.</returns>
    public static IdRangeFilter IdRangeOf(JobFilter filter) => filter switch
    {
        IdRangeFilter range => range,
        AndFilter and => and.Parts.Select(IdRangeOf).Aggregate(new IdRangeFilter(null, null), (all, part) => new IdRangeFilter(
            part.After is { } after && !(all.After > after) ? after : all.After,
            part.Before is { } before && !(all.Before < before) ? before : all.Before)),
        _ => new IdRangeFilter(null, null),
    };

    /// <summary>The parts that a job must all meet.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>The parts; the filter itself when it is not a conjunction.</returns>
    public static IEnumerable<JobFilter> Conjuncts(JobFilter filter) => filter is AndFilter and ? and.Parts.SelectMany(Conjuncts) : [filter];

    /// <summary>Writes a filter as a person would say it.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>For example <c>state is FAILED and tag study is "a"</c>.</returns>
    public static string Describe(JobFilter filter) => FilterWords.Of(filter);
}
