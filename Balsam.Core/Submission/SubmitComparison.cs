using System.Globalization;
using System.Text.Json;

namespace Balsam;

/// <summary>What is otherwise about a stored job than about one that is asked for under its key.</summary>
internal static class SubmitComparison
{
    private static readonly (string Name, Func<JobResources, object?> Read)[] ResourceFields =
    [
        ("nodes", r => r.Nodes), ("ranksPerNode", r => r.RanksPerNode), ("threadsPerRank", r => r.ThreadsPerRank), ("threadsPerCore", r => r.ThreadsPerCore),
        ("gpusPerRank", r => r.GpusPerRank), ("memoryPerNode", r => r.MemoryPerNode), ("packingCount", r => r.PackingCount), ("wallTime", r => r.WallTime), ("timeLimit", r => r.TimeLimit),
        ("isInterruptible", r => r.IsInterruptible),
        ("custom", r => Entries(r.Custom)), ("launchParameters", r => Entries(r.LaunchParameters)),
    ];

    public static IEnumerable<SubmitDifference> Compare(Job stored, JobAddition given) =>
    [
        .. Differ("application", stored.Application.Value, given.Application.Value),
        .. Differ("site", stored.Site.Value, given.Site.Value),
        .. Differ("workdir", stored.Workdir, given.Workdir ?? $"{given.Application}/{stored.Id}"),
        .. Members("parameters", stored.Parameters, given.Parameters, [.. stored.Parameters.Names.Union(given.Parameters.Names, StringComparer.Ordinal)]),
        .. given.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).SelectMany(tag => Differ($"tags.{tag.Key}", stored.Tags.GetValueOrDefault(tag.Key), tag.Value)),
        .. Members("data", stored.Data, given.Data, [.. given.Data.Names]),
        .. ResourceFields.SelectMany(field => Differ($"resources.{field.Name}", Text(field.Read(stored.Resources)), Text(field.Read(given.Resources)))),
        .. stored.Transfers.Concat(given.Transfers).Select(item => item.Slot).Distinct().Order(StringComparer.Ordinal)
            .SelectMany(slot => Differ($"transfers.{slot}", Text(Find(stored.Transfers, slot)?.Remote), Text(Find(given.Transfers, slot)?.Remote))),
        .. Differ("priority", Text(stored.Priority), Text(given.Priority)),
    ];

    private static TransferItem? Find(IEnumerable<TransferItem> items, string slot) => items.FirstOrDefault(item => item.Slot == slot);

    // A function's input need not be an object.
    private static IEnumerable<SubmitDifference> Members(string field, JobData stored, JobData given, string[] names) =>
        stored.Root.ValueKind == JsonValueKind.Object && given.Root.ValueKind == JsonValueKind.Object
            ? names.SelectMany(name => Json($"{field}.{name}", ValueOf(stored, name), ValueOf(given, name)))
            : Json(field, stored.Root, given.Root);

    private static JsonElement? ValueOf(JobData data, string name) => data.Contains(name) ? data.Root.GetProperty(name) : null;

    private static IEnumerable<SubmitDifference> Json(string field, JsonElement? stored, JsonElement? given) =>
        stored is { } left && given is { } right && JsonElement.DeepEquals(left, right) ? [] : [new SubmitDifference(field, stored?.GetRawText(), given?.GetRawText())];

    private static IEnumerable<SubmitDifference> Differ(string field, string? stored, string? given) => stored == given ? [] : [new SubmitDifference(field, stored, given)];

    private static string? Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;

    private static string Entries<T>(IReadOnlyDictionary<string, T> entries) => string.Join(", ", entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key} {entry.Value}"));
}
