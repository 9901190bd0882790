using System.Globalization;

namespace Balsam.Storage.Embedded;

/// <summary>How an embedded store answers a query, in words.</summary>
internal static class EmbeddedPlan
{
    public static IEnumerable<string> Describe(JobSelector selector, JobAccess access, JobFilter? indexed)
    {
        JobFilter[] tested = [.. JobFilters.Conjuncts(selector.Filter).Where(part => part is not (IdRangeFilter or AndFilter { Parts.IsEmpty: true }) && part != indexed && !IsAnswered(part, access))];
        bool byId = selector.OrderBy == JobField.Id;
        string range = JobFilters.IdRangeOf(selector.Filter) is { } ids && ids != new IdRangeFilter(null, null) ? $", where {JobFilters.Describe(ids)}" : "";
        yield return access switch
        {
            JobAccess.Numbers => string.Create(CultureInfo.InvariantCulture, $"Look up {JobFilters.IdsOf(selector.Filter)?.Count} jobs by number{range}."),
            JobAccess.StateMap => $"Walk the state map in memory for {JobFilters.StatesOf(selector.Filter)} in order of number{range}, and read those jobs.",
            JobAccess.Index => $"Read the jobs of the index: {JobFilters.Describe(indexed!)}{range}.",
            _ => $"Read every job in order of number{range}.",
        };
        if (tested.Length > 0)
        {
            yield return $"Test on each job: {JobFilters.Describe(tested.Length == 1 ? tested[0] : new AndFilter([.. tested]))}.";
        }

        long wanted = (long)selector.Skip + selector.Take;
        yield return byId ? $"Give them as they come, by {(selector.Descending ? "falling" : "rising")} number."
            : $"Order by {selector.OrderBy}{(selector.Descending ? ", largest first" : "")}: every match is read before the first is given.";
        if (wanted < int.MaxValue)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Pass over {selector.Skip}, give {selector.Take}{(byId ? ", then stop reading" : "")}.");
        }
    }

    private static bool IsAnswered(JobFilter part, JobAccess access) => access switch
    {
        JobAccess.Numbers => part is IdFilter,
        JobAccess.StateMap => JobFilters.AsStates(part) is not null,
        _ => false,
    };
}
