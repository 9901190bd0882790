using System.Collections.Immutable;
using Balsam.Storage;
using Balsam.Storage.LiteDb;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Crash.Tests;

/// <summary>A store file as the first version of the format had it.</summary>
internal static class OldStore
{
    private const int Jobs = 120;

    /// <summary>Makes one, with jobs in several states, tags, parents and events.</summary>
    /// <returns>What it holds.</returns>
    public static async Task<IReadOnlyList<string>> MakeAsync(string path)
    {
        IReadOnlyList<string> content;
        await using (var store = new LiteDbJobStore(path))
        {
            await store.OpenAsync(CancellationToken.None);
            await store.CommitAsync([Add(Jobs, [])], CancellationToken.None);
            await store.CommitAsync([Add(Jobs, [ParentReference.To(new JobId(1)), ParentReference.To(new JobId(3), DependencyCondition.Either)])], CancellationToken.None);
            IReadOnlyList<Job> some = await store.FindAsync([.. Enumerable.Range(2, Jobs / 2).Select(id => new JobId(id))], CancellationToken.None);
            await store.CommitAsync([.. some.Select(job => new JobCommit { Changes = [Cancel(job)] })], CancellationToken.None);
            content = await ReadAsync(store);
        }

        using LiteDbFile file = LiteDbFile.Open(path);
        file.Maintain(Age);
        return content;
    }

    /// <summary>Every job with its fields, edges and events, as text; the tags by way of their index.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(IJobStore store)
    {
        List<string> content = [];
        foreach (Job job in await store.QueryAsync(new JobSelector(), CancellationToken.None))
        {
            IReadOnlyList<JobEvent> events = await store.ReadHistoryAsync(job.Id, CancellationToken.None);
            content.Add($"{job.Id} {job.State} v{job.Version} {job.Workdir} {job.Failure} after {string.Join(", ", job.Parents)}: {string.Join("; ", events)}");
        }

        foreach (string study in new[] { "a", "b" })
        {
            IReadOnlyList<Job> tagged = await store.QueryAsync(new JobSelector { Filter = new TagFilter("study", study) }, CancellationToken.None);
            content.Add($"{study}: {string.Join(' ', tagged.Select(job => job.Id))}");
        }

        IReadOnlyList<Job> children = await store.QueryAsync(new JobSelector { Filter = new ChildOfFilter(new JobId(1)) }, CancellationToken.None);
        content.Add($"children: {string.Join(' ', children.Select(job => job.Id))}");
        content.Add((await store.CountAsync(JobFilter.All, CancellationToken.None)).ToString());
        return content;
    }

    private static JobCommit Add(int count, ImmutableArray<ParentReference> parents) => new()
    {
        Additions =
        [
            .. Enumerable.Range(0, count).Select(i => new JobAddition
            {
                Application = "App", Site = SiteName.Local, Workdir = FormattableString.Invariant($"w/{i}"), Parents = parents,
                Tags = new Dictionary<string, string> { ["study"] = i % 2 == 0 ? "a" : "b" },
            }),
        ],
    };

    private static JobChange Cancel(Job job) =>
        new JobChange(job).Fail(JobTrigger.Cancelled, job.LastUpdate, new FailureDetails { Kind = FailureKind.Cancelled, Message = "enough" });

    // Schema 1 had the parents in the documents of the jobs, tags in no order, and neither pages of states, nor keys, nor records, nor checksums.
    private static void Age(LiteDatabase database)
    {
        ILiteCollection<BsonDocument> jobs = database.GetCollection("jobs");
        foreach (BsonDocument sealedJob in jobs.FindAll().ToArray())
        {
            sealedJob.Remove("crc");
            jobs.Update(sealedJob);
        }

        foreach (BsonDocument edges in database.GetCollection("parents").FindAll().ToArray())
        {
            BsonDocument job = jobs.FindById(edges["_id"]);
            job.Remove("after");
            job["parents"] = edges["parents"];
            if (edges.ContainsKey("edges"))
            {
                job["edges"] = edges["edges"];
            }

            jobs.Update(job);
        }

        jobs.EnsureIndex("parents", "$.parents[*]");
        jobs.DropIndex("tagids");
        jobs.EnsureIndex("tags", "$.tags[*]");
        foreach (string later in new[] { "parents", "states", "keys", "launchers", "applications" })
        {
            database.DropCollection(later);
        }

        ILiteCollection<BsonDocument> heads = database.GetCollection("head");
        BsonDocument head = heads.FindById(1);
        head["schema"] = 1;
        head.Remove("crc");
        heads.Update(head);
    }
}
