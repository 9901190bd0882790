namespace Balsam;

/// <summary>Event queries in words, for messages.</summary>
internal static class EventWords
{
    public static string Of(EventConditions asked)
    {
        string[] parts =
        [
            .. asked.Jobs.Select(jobs => $"of {jobs}"),
            .. States("from", asked.FromStates),
            .. States("to", asked.ToStates),
            .. asked.Triggers is { } triggers ? [triggers.IsEmpty ? "by no trigger" : $"by {string.Join(" or ", triggers.Order())}"] : (string[])[],
            .. asked.Earliest > DateTimeOffset.MinValue ? [$"at or after {Instants.ToText(asked.Earliest)}"] : (string[])[],
            .. asked.Latest < DateTimeOffset.MaxValue ? [$"at or before {Instants.ToText(asked.Latest)}"] : (string[])[],
            .. asked.Since is { } since ? [FormattableString.Invariant($"after event {since}")] : (string[])[],
            .. asked.Data.Select(JobFilters.Describe).Select(words => $"with {words}"),
            .. asked.Predicates.Select(_ => "that meet a predicate"),
        ];
        string cut = asked.Take == int.MaxValue ? "" : FormattableString.Invariant($", at most {asked.Take}");
        return (parts.Length == 0 ? "every event" : $"events {string.Join(", ", parts)}") + (asked.Descending ? ", newest first" : "") + cut;
    }

    private static string[] States(string word, JobStateSet states) =>
        states.Equals(JobStates.All) ? [] : states.Count == 0 ? [$"{word} no state"] : [$"{word} {string.Join(" or ", states.Select(state => state.ToText()))}"];
}
