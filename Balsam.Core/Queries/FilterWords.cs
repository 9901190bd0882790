using System.Diagnostics;
using System.Globalization;

namespace Balsam;

/// <summary>Filters in words, for plans and messages.</summary>
internal static class FilterWords
{
    private const int ListedIds = 5;

    public static string Of(JobFilter filter) => filter switch
    {
        AndFilter { Parts.IsEmpty: true } => "every job",
        AndFilter and => string.Join(" and ", and.Parts.Select(Bracketed)),
        OrFilter { Parts.IsEmpty: true } => "no job",
        OrFilter or => string.Join(" or ", or.Parts.Select(Bracketed)),
        NotFilter not => $"not {Bracketed(not.Part)}",
        StateFilter { States.Count: 0 } => "in no state",
        StateFilter states => $"state is {string.Join(" or ", states.States.Select(state => state.ToText()))}",
        ApplicationFilter application => $"application is {application.Application}",
        SiteFilter site => $"site is {site.Site}",
        TagFilter { Value: null } tag => $"has a tag {tag.Key}",
        TagFilter tag => $"tag {tag.Key} is \"{tag.Value}\"",
        KeyFilter { Keys: null } => "has a key",
        KeyFilter { Keys: { Count: 1 } keys } => $"key is \"{keys.Single()}\"",
        KeyFilter { Keys: { } keys } => $"key is one of {keys.Count}",
        IdFilter ids => $"number is one of {ids.Ids.Count}{Listed(ids)}",
        IdRangeFilter range => Between("number is", "above", "below", range.After, range.Before),
        ChildOfFilter child => $"child of job {child.Parent}",
        HasParentsFilter => "has parents",
        PreprocessedFilter => "is preprocessed",
        TransferFilter transfer => string.Concat("has ", transfer.State is { } state ? $"{state.ToText()} " : "a ", "transfer", transfer.Direction is { } way ? $" {way.ToText()}" : "", transfer.Location is { } location ? $" at {location}" : ""),
        CleanupPendingFilter => "is to be cleaned up",
        WorkdirFilter workdir => $"workdir is {workdir.Directory} or below it",
        WorkdirTextFilter text => $"workdir {WordOf(text.Match)} \"{text.Text}\"",
        LastUpdateFilter update => Between("last update is", "at or after", "at or before", update.From, update.To),
        CreatedAtFilter created => Between("submitted", "at or after", "at or before", created.From, created.To),
        AttemptFilter attempt => Between("attempt is", "at least", "at most", attempt.Min, attempt.Max),
        PriorityFilter priority => Between("priority is", "at least", "at most", priority.Min, priority.Max),
        ReturnCodeFilter code => Between("exit code is", "at least", "at most", code.Min, code.Max),
        FailureFilter { Kind: null } => "has failed",
        FailureFilter failure => $"failure is {failure.Kind}",
        JsonExistsFilter json => $"{NameOf(json.Source)} has {json.Path}",
        JsonFilter json => $"{NameOf(json.Source)} {json.Path} {SignOf(json.Comparison)} {json.Value.Json}",
        _ => throw new UnreachableException($"There are no words for a {filter.GetType().Name}."),
    };

    private static string Bracketed(JobFilter filter) => filter is OrFilter { Parts.Length: > 1 } or AndFilter { Parts.Length: > 1 } ? $"({Of(filter)})" : Of(filter);

    private static string Listed(IdFilter ids) => ids.Ids.Count is 0 or > ListedIds ? "" : $" ({string.Join(", ", ids.Ids.Order())})";

    private static string Between<T>(string what, string lowWord, string highWord, T? low, T? high)
        where T : struct => (low, high) switch
    {
        (null, null) => $"{what} anything",
        (_, null) => $"{what} {lowWord} {Show(low)}",
        (null, _) => $"{what} {highWord} {Show(high)}",
        _ => $"{what} {lowWord} {Show(low)} and {highWord} {Show(high)}",
    };

    private static string Show(object? value) => value is DateTimeOffset instant ? instant.ToString("O", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string WordOf(TextMatch match) => match switch
    {
        TextMatch.Whole => "is",
        TextMatch.Start => "begins with",
        TextMatch.End => "ends with",
        _ => "contains",
    };

    private static string NameOf(JsonSource source) => source == JsonSource.Data ? "data" : "parameter";

    private static string SignOf(Comparison comparison) => comparison switch
    {
        Comparison.Equal => "=",
        Comparison.NotEqual => "≠",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "≤",
        Comparison.Greater => ">",
        _ => "≥",
    };
}
