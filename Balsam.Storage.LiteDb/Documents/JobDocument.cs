using System.Collections.Immutable;
using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>A job as a document. Every value is written by hand: the mapping is the file format.</summary>
/// <remarks>Instants are milliseconds since 1970 in UTC. Free text keys (tags, custom resources) stand in arrays, since LiteDB folds the case of field names.</remarks>
internal static class JobDocument
{
    /// <summary>The field that lists the event chunks of the job.</summary>
    public const string ChunksField = "chunks";

    /// <summary>What the document is, in messages, before its number.</summary>
    public const string What = "job";

    /// <summary>Separates key and value of a tag in its index key. Keys cannot hold it.</summary>
    public const char TagSeparator = '\u001f';

    public static BsonDocument Write(Job job, IReadOnlyList<long> chunks) => DocumentSeal.Seal(Compose(job, chunks));

    /// <summary>The document without its checksum, for one that is going to be completed.</summary>
    public static BsonDocument Compose(Job job, IReadOnlyList<long> chunks)
    {
        JobSnapshot fields = job.ToSnapshot();
        var document = new BsonDocument
        {
            ["_id"] = fields.Id.Value,
            ["ver"] = fields.Version,
            ["state"] = (int)fields.State,
            ["app"] = fields.Application.Value,
            ["site"] = fields.Site.Value,
            ["dir"] = fields.Workdir,
            ["made"] = fields.CreatedAt.ToUnixTimeMilliseconds(),
            ["last"] = fields.LastUpdate.ToUnixTimeMilliseconds(),
            [ChunksField] = WriteChunks(chunks),
        };
        Put(document, "key", fields.Key);
        Put(document, "par", fields.Parameters.IsEmpty ? null : fields.Parameters.Json);
        Put(document, "data", fields.Data.IsEmpty ? null : fields.Data.Json);
        Put(document, "tags", fields.Tags.Count == 0 ? null : new BsonArray(fields.Tags.Select(tag => new BsonValue(TagKey(tag.Key, tag.Value)))));
        Put(document, ParentsDocument.CountField, fields.Parents.IsEmpty ? null : fields.Parents.Length);
        Put(document, "res", fields.Resources.Equals(JobResources.Default) ? null : ResourcesDocument.Write(fields.Resources));
        Put(document, "prio", fields.Priority == 0 ? null : fields.Priority);
        Put(document, "try", fields.Attempt == 0 ? null : fields.Attempt);
        Put(document, "code", fields.ReturnCode is { } code ? code : null);
        Put(document, "fail", fields.Failure is { } failure ? FailureDocument.Write(failure) : null);
        Put(document, "out", fields.Result);
        Put(document, "pre", fields.IsPreprocessed ? true : null);
        Put(document, "links", fields.HasInputsFromParents ? true : null);
        Put(document, "due", fields.NotBefore is { } due ? due.ToUnixTimeMilliseconds() : null);
        if (!fields.Transfers.IsEmpty || fields.IsCleanupPending)
        {
            Put(document, "move", fields.Transfers.IsEmpty ? null : new BsonArray(fields.Transfers.Select(TransferDocument.Write)));
            Put(document, "clean", fields.IsCleanupPending ? true : null);
            document[JobMarks.Field] = new BsonArray(JobMarks.Of(fields).Select(mark => new BsonValue(mark)));
        }

        return document;
    }

    /// <exception cref="DocumentDamagedException">The document is not as it was written.</exception>
    public static Job Read(BsonDocument document, ImmutableArray<JobDependency> parents) => Job.Restore(new JobSnapshot
    {
        Id = new JobId(DocumentSeal.Check(document, What)["_id"].AsInt64),
        Version = document["ver"].AsInt64,
        State = ReadState(document),
        Application = document["app"].AsString,
        Site = document["site"].AsString,
        Workdir = document["dir"].AsString,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(document["made"].AsInt64),
        LastUpdate = DateTimeOffset.FromUnixTimeMilliseconds(document["last"].AsInt64),
        Key = ReadKey(document),
        Parameters = ReadData(document["par"]),
        Data = ReadData(document["data"]),
        Tags = document["tags"] is { IsArray: true } tags ? tags.AsArray.Select(tag => tag.AsString).ToDictionary(KeyOf, ValueOf, StringComparer.Ordinal) : JobTags.Empty,
        Parents = parents,
        Resources = document["res"] is { IsDocument: true } resources ? ResourcesDocument.Read(resources.AsDocument) : JobResources.Default,
        Priority = document["prio"] is { IsInt32: true } priority ? priority.AsInt32 : 0,
        Attempt = document["try"] is { IsInt32: true } attempt ? attempt.AsInt32 : 0,
        ReturnCode = document["code"] is { IsInt32: true } code ? code.AsInt32 : null,
        Failure = document["fail"] is { IsDocument: true } failure ? FailureDocument.Read(failure.AsDocument) : null,
        Result = document["out"] is { IsString: true } result ? result.AsString : null,
        IsPreprocessed = document["pre"] is { IsBoolean: true } preprocessed && preprocessed.AsBoolean,
        Transfers = document["move"] is { IsArray: true } transfers ? [.. transfers.AsArray.Select(item => TransferDocument.Read(item.AsDocument))] : [],
        HasInputsFromParents = document["links"] is { IsBoolean: true } links && links.AsBoolean,
        IsCleanupPending = document["clean"] is { IsBoolean: true } pending && pending.AsBoolean,
        NotBefore = document["due"] is { IsInt64: true } due ? DateTimeOffset.FromUnixTimeMilliseconds(due.AsInt64) : null,
    });

    public static string? ReadKey(BsonDocument document) => document["key"] is { IsString: true } key ? key.AsString : null;

    public static ImmutableArray<long> ReadChunks(BsonDocument document) => [.. document[ChunksField].AsArray.Select(chunk => chunk.AsInt64)];

    public static BsonArray WriteChunks(IReadOnlyList<long> chunks) => new(chunks.Select(chunk => new BsonValue(chunk)));

    public static JobState ReadState(BsonDocument document) => (JobState)document["state"].AsInt32;

    /// <summary>The tags as they stand in the index.</summary>
    public static IEnumerable<string> ReadTags(BsonDocument document) => ReadTexts(document["tags"]);

    /// <summary>The marks as they stand in the index.</summary>
    public static IEnumerable<string> ReadMarks(BsonDocument document) => ReadTexts(document[JobMarks.Field]);

    public static int CountTags(BsonDocument document) => document["tags"] is { IsArray: true } tags ? tags.AsArray.Count : 0;

    public static string TagKey(string key, string value) => key + TagSeparator + value;

    private static IEnumerable<string> ReadTexts(BsonValue texts) => texts.IsArray ? texts.AsArray.Select(text => text.AsString) : [];

    private static string KeyOf(string tag) => tag[..tag.IndexOf(TagSeparator, StringComparison.Ordinal)];

    private static string ValueOf(string tag) => tag[(tag.IndexOf(TagSeparator, StringComparison.Ordinal) + 1)..];

    private static JobData ReadData(BsonValue json) => json.IsString ? JobData.Restore(json.AsString) : JobData.Empty;

    private static void Put(BsonDocument document, string name, BsonValue? value)
    {
        if (value is { IsNull: false })
        {
            document[name] = value;
        }
    }
}
