using System.Collections.Immutable;
using System.Globalization;

namespace Balsam;

/// <summary>Compares a field of the job with a value, as a filter.</summary>
internal static class SubjectComparison
{
    private static JobFilter None { get; } = new OrFilter([]);

    /// <summary>The filter; null when the field cannot be compared so.</summary>
    public static JobFilter? Translate(PredicateSubject subject, Comparison comparison, object? value) => subject.Kind switch
    {
        SubjectKind.Id => value switch
        {
            JobId id => Id(comparison, id.Value),
            null => Nothing(comparison),
            _ => Id(comparison, WholeOf(value) ?? 0),
        },
        SubjectKind.State => WholeOf(value) is { } state
            ? new StateFilter(JobStateSet.Of([.. JobStates.All.Where(each => PredicateComparison.Holds(comparison, ((long)each).CompareTo(state)))]))
            : Nothing(comparison),
        SubjectKind.Application => Equality(comparison, value is string text ? new ApplicationFilter(text) : value is ApplicationName name ? new ApplicationFilter(name) : None),
        SubjectKind.Site => Equality(comparison, value is string text ? new SiteFilter(text) : value is SiteName name ? new SiteFilter(name) : None),
        SubjectKind.Workdir => Equality(comparison, value is string text ? new WorkdirTextFilter(text, TextMatch.Whole) : None),
        SubjectKind.Key => Equality(comparison, value is string text ? new KeyFilter([text]) : new KeyFilter(null).Not()),
        SubjectKind.Tag => Present(new TagFilter(subject.Key, null), Equality(comparison, value is string text ? new TagFilter(subject.Key, text) : None), comparison),
        SubjectKind.TagOrNull => Equality(comparison, value is string text ? new TagFilter(subject.Key, text) : new TagFilter(subject.Key, null).Not()),
        SubjectKind.Attempt => Range(comparison, value, (min, max) => new AttemptFilter(min, max)),
        SubjectKind.Priority => Range(comparison, value, (min, max) => new PriorityFilter(min, max)),
        SubjectKind.ReturnCode => Present(new ReturnCodeFilter(null, null), Range(comparison, value, (min, max) => new ReturnCodeFilter(min, max)), comparison),
        SubjectKind.ReturnCodeOrNull => value is null
            ? comparison is Comparison.Equal ? new ReturnCodeFilter(null, null).Not() : comparison is Comparison.NotEqual ? new ReturnCodeFilter(null, null) : None
            : Range(comparison, value, (min, max) => new ReturnCodeFilter(min, max)),
        SubjectKind.LastUpdate => Instants(comparison, value, (from, to) => new LastUpdateFilter(from, to)),
        SubjectKind.CreatedAt => Instants(comparison, value, (from, to) => new CreatedAtFilter(from, to)),
        SubjectKind.Failure => value is null ? Equality(comparison, new FailureFilter(null).Not()) : null,
        SubjectKind.FailureKind => Present(new FailureFilter(null), Equality(comparison, WholeOf(value) is { } kind ? new FailureFilter((FailureKind)kind) : None), comparison),
        SubjectKind.ParentCount => WholeOf(value) is { } count ? Parents(comparison, count) : null,
        SubjectKind.Json => Json(subject, comparison, value),
        _ => null,
    };

    /// <summary>The filter for one of several values; null when the field cannot be asked so.</summary>
    public static JobFilter? IsOneOf(PredicateSubject subject, IReadOnlyList<object?> values)
    {
        switch (subject.Kind)
        {
            case SubjectKind.Id:
                return new IdFilter([.. values.Select(value => value is JobId id ? id.Value : WholeOf(value) ?? 0).Where(number => number > 0).Select(number => new JobId(number))]);
            case SubjectKind.Key when !values.Contains(null):
                return new KeyFilter([.. values.OfType<string>()]);
            case SubjectKind.State:
                return new StateFilter(JobStateSet.Of([.. values.OfType<JobState>()]));
            default:
                ImmutableArray<JobFilter?> parts = [.. values.Distinct().Select(value => Translate(subject, Comparison.Equal, value))];
                return parts.Contains(null) ? null : parts.Length == 1 ? parts[0] : new OrFilter([.. parts.OfType<JobFilter>()]);
        }
    }

    // What C# would throw for, because there is nothing to compare, is false, and != too.
    private static JobFilter? Present(JobFilter present, JobFilter? filter, Comparison comparison) => comparison == Comparison.NotEqual && filter is not null ? present.And(filter) : filter;

    private static JobFilter? Equality(Comparison comparison, JobFilter equal) => comparison switch
    {
        Comparison.Equal => equal,
        Comparison.NotEqual => equal.Not(),
        _ => null,
    };

    private static JobFilter Nothing(Comparison comparison) => comparison == Comparison.NotEqual ? JobFilter.All : None;

    private static JobFilter Id(Comparison comparison, long value)
    {
        if (value < 1)
        {
            return comparison is Comparison.NotEqual or Comparison.Greater or Comparison.GreaterOrEqual ? JobFilter.All : None;
        }

        var id = new JobId(value);
        return comparison switch
        {
            Comparison.Equal => new IdFilter([id]),
            Comparison.NotEqual => new IdFilter([id]).Not(),
            Comparison.Less => new IdRangeFilter(null, id),
            Comparison.LessOrEqual => new IdRangeFilter(id, null).Not(),
            Comparison.Greater => new IdRangeFilter(id, null),
            _ => new IdRangeFilter(null, id).Not(),
        };
    }

    private static JobFilter? Range(Comparison comparison, object? value, Func<int?, int?, JobFilter> between)
    {
        if (value is null)
        {
            return Nothing(comparison);
        }

        if (WholeOf(value) is not { } wide)
        {
            return null;
        }

        if (wide is < int.MinValue or > int.MaxValue)
        {
            return PredicateComparison.Holds(comparison, 0L.CompareTo(wide)) ? between(null, null) : None;
        }

        int number = (int)wide;
        return comparison switch
        {
            Comparison.Equal => between(number, number),
            Comparison.NotEqual => between(number, number).Not(),
            Comparison.Less => number == int.MinValue ? None : between(null, number - 1),
            Comparison.LessOrEqual => between(null, number),
            Comparison.Greater => number == int.MaxValue ? None : between(number + 1, null),
            _ => between(number, null),
        };
    }

    private static JobFilter? Instants(Comparison comparison, object? value, Func<DateTimeOffset?, DateTimeOffset?, JobFilter> between) => value is not DateTimeOffset at
        ? value is null ? Nothing(comparison) : null
        : comparison switch
        {
            Comparison.Equal => between(at, at),
            Comparison.NotEqual => between(at, at).Not(),
            Comparison.Less => between(at, null).Not(),
            Comparison.LessOrEqual => between(null, at),
            Comparison.Greater => between(null, at).Not(),
            _ => between(at, null),
        };

    // Only whether there are any can be asked: > 0, == 0, != 0, >= 1, < 1.
    private static JobFilter? Parents(Comparison comparison, long count) => (comparison, count) switch
    {
        (Comparison.Greater or Comparison.NotEqual, 0) or (Comparison.GreaterOrEqual, 1) => new HasParentsFilter(),
        (Comparison.Equal or Comparison.LessOrEqual, 0) or (Comparison.Less, 1) => new HasParentsFilter().Not(),
        _ => null,
    };

    private static JsonFilter? Json(PredicateSubject subject, Comparison comparison, object? value)
    {
        Type type = Nullable.GetUnderlyingType(subject.Type) ?? subject.Type;
        bool isOrder = comparison is not (Comparison.Equal or Comparison.NotEqual);
        JobData? json = value switch
        {
            null => JobData.From<string?>(null),
            _ when type.IsEnum => isOrder ? null : JobData.From(Enum.ToObject(type, value).ToString()),
            bool flag => isOrder ? null : JobData.From(flag),
            string text => isOrder ? null : JobData.From(text),
            sbyte or byte or short or ushort or int or uint or long => JobData.From(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
            ulong number => JobData.From(number),
            float number => JobData.From(number),
            double number => JobData.From(number),
            decimal number => JobData.From(number),
            _ => null,
        };
        return json is null ? null : new JsonFilter(subject.Source, subject.Path!, comparison, json);
    }

    private static long? WholeOf(object? value) => value switch
    {
        sbyte or byte or short or ushort or int or uint or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        Enum => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
