using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Balsam.Storage.LiteDb.Tests.Damage;

/// <summary>All that a store tells, by every way there is to ask it, as named parts to compare.</summary>
internal static class StoreContent
{
    private const int Page = 100;

    /// <summary>Asks everything. A part whose question is refused is null, and the refusal goes to the caller.</summary>
    public static async Task<Dictionary<string, string?>> ReadAsync(IJobStore store, Action<string, Exception> refused)
    {
        Dictionary<string, string?> parts = [];
        await PartAsync("jobs", async () => Text(await store.QueryAsync(new JobSelector(), default)));
        await PartAsync("jobs, last first", async () => Text(await store.QueryAsync(new JobSelector { Descending = true }, default)));
        await PartAsync("count", async () => Text(await store.CountAsync(JobFilter.All, default)));
        await PartAsync("count of a tag", async () => Text(await store.CountAsync(new TagFilter("study", "a"), default)));
        await PartAsync("events", async () => Text(await AllEventsAsync(store)));
        await PartAsync("events, last first", async () => Text(await AllEventsBackAsync(store)));
        await PartAsync("launchers", async () => string.Join('\n', (await store.ListLaunchersAsync(default)).Select(launcher => $"{launcher.Token} {launcher.Site} {launcher.Host} {launcher.ProcessId} {string.Join(',', launcher.Nodes)} {launcher.OpenedAt:O}")));
        await PartAsync("applications", async () => Json(await store.ListApplicationsAsync(default)));
        await PartAsync("descendants", async () => Json((await store.FindDescendantsAsync([new JobId(1), new JobId(2)], default)).Select(id => id.Value)));
        foreach (string value in KnownStore.TagValues)
        {
            await PartAsync($"tag {value}", async () => Text(await store.QueryAsync(new JobSelector { Filter = new TagFilter("study", value) }, default)));
        }

        for (int number = 1; number <= KnownStore.Numbers; number += 9)
        {
            string key = KnownStore.KeyOf(number);
            var id = new JobId(number);
            await PartAsync($"key {key}", async () => Text(await store.QueryAsync(new JobSelector { Filter = new KeyFilter([key]) }, default)));
            await PartAsync($"job {id}", async () => Text(await store.FindAsync([id], default)));
            await PartAsync($"history of {id}", async () => Text(await store.ReadHistoryAsync(id, default)));
            await PartAsync($"children of {id}", async () => Text(await store.QueryAsync(new JobSelector { Filter = new ChildOfFilter(id) }, default)));
        }

        return parts;

        async Task PartAsync(string name, Func<Task<string>> read)
        {
            try
            {
                parts[name] = await read();
            }
            catch (Exception exception)
            {
                parts[name] = null;
                refused(name, exception);
            }
        }
    }

    private static async Task<List<JobEvent>> AllEventsAsync(IJobStore store)
    {
        List<JobEvent> events = [];
        while (await store.ReadEventsAsync(events.Count == 0 ? 0 : events[^1].Sequence, Page, default) is { Count: > 0 } page)
        {
            events.AddRange(page);
        }

        return events;
    }

    private static async Task<List<JobEvent>> AllEventsBackAsync(IJobStore store)
    {
        List<JobEvent> events = [];
        while (await store.ReadEventsBeforeAsync(events.Count == 0 ? long.MaxValue : events[^1].Sequence, Page, default) is { Count: > 0 } page)
        {
            events.AddRange(page);
        }

        return events;
    }

    private static string Text(JobCounts counts) => string.Join(", ", JobStates.All.Select(state => string.Create(CultureInfo.InvariantCulture, $"{state} {counts[state]}")));

    private static string Text(IEnumerable<Job> jobs)
    {
        var text = new StringBuilder();
        foreach (JobSnapshot job in jobs.Select(job => job.ToSnapshot()))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{job.Id.Value} {job.Version} {job.State} {job.Application.Value} {job.Site.Value} {job.Workdir} {job.Key} {job.Priority} {job.Attempt} {job.ReturnCode} {job.Result} {job.IsPreprocessed}")
                .AppendLine(CultureInfo.InvariantCulture, $"{job.NotBefore:O} {job.CreatedAt:O} {job.LastUpdate:O} {job.Parameters.Json} {job.Data.Json}")
                .AppendLine(CultureInfo.InvariantCulture, $"{string.Join(',', job.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))} {string.Join(',', job.Parents)} {Json(job.Failure)}")
                .AppendLine(CultureInfo.InvariantCulture, $"{job.Resources.Nodes} {job.Resources.RanksPerNode} {job.Resources.ThreadsPerRank} {job.Resources.MemoryPerNode.Bytes} {job.Resources.WallTime}");
        }

        return text.ToString();
    }

    private static string Text(IEnumerable<JobEvent> events) => string.Join('\n', events.Select(step =>
        string.Create(CultureInfo.InvariantCulture, $"{step.Sequence} {step.JobId.Value} {step.From} {step.Trigger} {step.To} {step.At:O} {step.Message} {step.Data.Json}")));

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);
}
