namespace Balsam;

/// <summary>A query that was to give one job gave none, or more than one.</summary>
public sealed class JobQueryException : BalsamException
{
    private JobQueryException(string message)
        : base(message)
    {
    }

    internal static JobQueryException None(string query) =>
        new($"There are no {query}. Use FirstOrDefaultAsync or ExistsAsync where that may be, or widen the query; CountByStateAsync shows what there is.");

    internal static JobQueryException Several(string query, JobId first, JobId second) =>
        new($"There is more than one of the {query}: {first} and {second}, for example. Narrow the query, or use FirstAsync.");
}
