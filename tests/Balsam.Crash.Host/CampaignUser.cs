using System.Globalization;
using Balsam.Storage;

namespace Balsam.Crash;

/// <summary>Who gives the campaign its work: submits graphs and pieces of bulk, edits, cancels, restarts and deletes, and writes down what was acknowledged.</summary>
public sealed class CampaignUser(BalsamClient client, IJobStore store, KillSwitch kill, AckLog acks, string directory, int seed)
{
    /// <summary>The tag of every job: the number of the operation that submitted it.</summary>
    public const string OperationTag = "op";

    /// <summary>The jobs of one piece of a bulk submit.</summary>
    public const int BulkSize = 40;

    private const int MostWaitedFor = 2;
    private const string ParentsTag = KillingStore.ParentTag;
    private readonly List<JobId> _graphs = [];
    private readonly List<JobId> _bulk = [];
    private readonly Queue<IReadOnlyList<JobId>> _outstanding = [];
    private long? _cutOff;

    /// <summary>The name of the tag that an edit sets.</summary>
    public static string EditTag(long operation) => string.Create(CultureInfo.InvariantCulture, $"edit{operation}");

    /// <summary>The reason that a cancel gives.</summary>
    public static string CancelReason(long operation) => string.Create(CultureInfo.InvariantCulture, $"cancelled by operation {operation}");

    /// <summary>Goes on where the last host was killed.</summary>
    /// <param name="operations">After how many operations to end.</param>
    public async Task WorkAsync(long operations)
    {
        long next = Resume();
        if (_cutOff is { } number)
        {
            await SubmitAsync(number, CrashInstants.Bulk, Bulk(number));
        }

        for (long i = 0; i < operations; i++)
        {
            await OperateAsync(next + i);
            while (_outstanding.Count > MostWaitedFor)
            {
                await WaitForAsync(_outstanding.Dequeue());
            }
        }
    }

    /// <summary>Writes down every event that the store shows, until it is closed.</summary>
    public async Task WatchAsync()
    {
        long after = acks.Entries.Where(entry => entry.What == AckWhat.Seen).Select(entry => entry.Operation).DefaultIfEmpty().Max();
        while (true)
        {
            await store.WaitForEventsAsync(after, CancellationToken.None);
            foreach (JobEvent step in await store.ReadEventsAsync(after, 500, CancellationToken.None))
            {
                acks.Write(new AckEntry(step.Sequence, AckWhat.Seen, step.Trigger.ToString(), [step.JobId.Value]));
                after = step.Sequence;
            }
        }
    }

    private long Resume()
    {
        foreach (AckEntry entry in acks.Entries.Where(entry => entry.What == AckWhat.Done))
        {
            switch (entry.Kind)
            {
                case CrashInstants.Submit:
                    _graphs.AddRange(entry.Jobs.Select(id => new JobId(id)));
                    break;
                case CrashInstants.Bulk:
                    _bulk.AddRange(entry.Jobs.Select(id => new JobId(id)));
                    break;
                default:
                    break;
            }
        }

        // What was meant to be deleted may be gone, acknowledged or not.
        foreach (AckEntry entry in acks.Entries.Where(entry => entry is { What: AckWhat.Meant, Kind: CrashInstants.Delete }))
        {
            _bulk.RemoveAll(id => entry.Jobs.Contains(id.Value));
        }

        // Who submits with keys may simply submit again.
        AckEntry? last = acks.Entries.LastOrDefault(entry => entry.What != AckWhat.Seen);
        _cutOff = last is { What: AckWhat.Meant, Kind: CrashInstants.Bulk } ? last.Operation : null;
        return acks.Entries.Where(entry => entry.What == AckWhat.Meant).Select(entry => entry.Operation).DefaultIfEmpty().Max() + 1;
    }

    private async Task WaitForAsync(IReadOnlyList<JobId> jobs)
    {
        try
        {
            await client.WaitAsync(jobs);
        }
        catch (BalsamException exception) when (exception is not StoreException)
        {
            // Somebody has deleted one of them, or they wait for what was cancelled.
        }
    }

    private Task OperateAsync(long number)
    {
        var random = new Random(unchecked((int)((seed * 7919L) + number)));
        int choice = _graphs.Count == 0 ? 0 : random.Next(100);
        return choice switch
        {
            < 40 => SubmitAsync(number, CrashInstants.Submit, Graph(number, random)),
            < 55 => SubmitAsync(number, CrashInstants.Bulk, Bulk(number)),
            < 72 => ChangeAsync(number, CrashInstants.Edit, Pick(_graphs, random, 4), ids => client.UpdateAsync(ids, edit => edit.Tag(EditTag(number), "yes").SetData("edited", number))),
            < 84 => ChangeAsync(number, CrashInstants.Cancel, Pick([.. _graphs.TakeLast(20)], random, 2), ids => client.CancelAsync(ids, CancelReason(number))),
            < 92 => ChangeAsync(number, CrashInstants.Restart, Pick(_graphs, random, 2), ids => client.RestartAsync(ids)),
            _ => DeleteAsync(number, random),
        };
    }

    private async Task SubmitAsync(long number, string kind, List<NewJob> jobs)
    {
        foreach (NewJob job in jobs)
        {
            job.Tag(OperationTag, number.ToString(CultureInfo.InvariantCulture));
        }

        acks.Write(new AckEntry(number, AckWhat.Meant, kind, [jobs.Count]));
        IReadOnlyList<Job> stored = await kill.AroundAsync([kind], () => client.SubmitAsync(jobs));
        acks.Write(new AckEntry(number, AckWhat.Done, kind, [.. stored.Select(job => job.Id.Value)]));
        (kind == CrashInstants.Bulk ? _bulk : _graphs).AddRange(stored.Select(job => job.Id));
        _outstanding.Enqueue([.. stored.Select(job => job.Id)]);
    }

    private async Task ChangeAsync(long number, string kind, JobId[] ids, Func<JobId[], Task<ChangeReport>> change)
    {
        acks.Write(new AckEntry(number, AckWhat.Meant, kind, [.. ids.Select(id => id.Value)]));
        ChangeReport report = await kill.AroundAsync([kind], () => change(ids));
        acks.Write(new AckEntry(number, AckWhat.Done, kind, [.. report.Changed.Where(ids.Contains).Select(id => id.Value)]));
    }

    private async Task DeleteAsync(long number, Random random)
    {
        JobId[] ids = Pick(_bulk, random, 5);
        await ChangeAsync(number, CrashInstants.Delete, ids, jobs => client.DeleteAsync(jobs));
        _bulk.RemoveAll(ids.Contains);
    }

    private static List<NewJob> Bulk(long number) =>
        [.. Enumerable.Range(0, BulkSize).Select(i => Echo.NewJob(string.Create(CultureInfo.InvariantCulture, $"bulk{number}/{i}"), i).WithKey(string.Create(CultureInfo.InvariantCulture, $"bulk{number}/{i}")))];

    // A root; what comes after it, of all kinds; a job that splits, and one whose files travel; and one that comes after all.
    private List<NewJob> Graph(long number, Random random)
    {
        string file = Path.Combine(directory, "job.sh");
        NewJob Job(string name) => Script.NewJob(
            string.Create(CultureInfo.InvariantCulture, $"op{number}/{name}"), new Script.Parameters(file, ScriptKinds.All[random.Next(ScriptKinds.All.Count)])).Tag(ParentsTag, "yes");

        NewJob root = Job("root");
        List<NewJob> jobs = [root];
        for (int i = 0; i < 2 + random.Next(3); i++)
        {
            jobs.Add(Job(string.Create(CultureInfo.InvariantCulture, $"middle{i}")).After(root));
        }

        NewJob split = Split.NewJob(string.Create(CultureInfo.InvariantCulture, $"op{number}/split")).After(root).Tag(ParentsTag, "yes");
        string workdir = string.Create(CultureInfo.InvariantCulture, $"op{number}/carry");
        NewJob carry = Carry.NewJob(workdir, 7).After(root).Tag(ParentsTag, "yes").Transfer("in", $"{Carry.Depot}:/{Carry.Source}").Transfer("out", $"{Carry.Vault}:/{workdir}");
        NewJob last = Echo.NewJob(string.Create(CultureInfo.InvariantCulture, $"op{number}/last"), 7).After(jobs[1..]).After(split).After(carry);
        return [.. jobs, split, carry, last];
    }

    private static JobId[] Pick(List<JobId> from, Random random, int most) =>
        from.Count == 0 ? [] : [.. Enumerable.Range(0, 1 + random.Next(most)).Select(_ => from[random.Next(from.Count)]).Distinct()];
}
