using System.Collections.Immutable;
using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>A job as a document. Every value is written by hand: the mapping is the file format.</summary>
/// <remarks>Instants are milliseconds since 1970 in UTC. Free text keys (tags, custom resources) stand in arrays, since LiteDB folds the case of field names.</remarks>
internal static class JobDocument
{
    /// <summary>The field that lists the event chunks of the job.</summary>
    public const string ChunksField = "chunks";

    /// <summary>Separates key and value of a tag in its index key. Keys cannot hold it.</summary>
    public const char TagSeparator = '\u001f';

    public static BsonDocument Write(Job job, IReadOnlyList<long> chunks)
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
            [ChunksField] = new BsonArray(chunks.Select(chunk => new BsonValue(chunk))),
        };
        PutUnless(document, "key", fields.Key is null, () => fields.Key);
        PutUnless(document, "par", fields.Parameters.IsEmpty, () => fields.Parameters.Json);
        PutUnless(document, "data", fields.Data.IsEmpty, () => fields.Data.Json);
        PutUnless(document, "tags", fields.Tags.Count == 0, () => new BsonArray(fields.Tags.Select(tag => new BsonValue(TagKey(tag.Key, tag.Value)))));
        PutUnless(document, "parents", fields.Parents.IsEmpty, () => new BsonArray(fields.Parents.Select(edge => new BsonValue(edge.Parent.Value))));
        PutUnless(document, "edges", fields.Parents.All(edge => edge.Condition == DependencyCondition.Success), () => new BsonArray(fields.Parents.Select(edge => new BsonValue((int)edge.Condition))));
        PutUnless(document, "res", fields.Resources.Equals(JobResources.Default), () => ResourcesDocument.Write(fields.Resources));
        PutUnless(document, "prio", fields.Priority == 0, () => fields.Priority);
        PutUnless(document, "try", fields.Attempt == 0, () => fields.Attempt);
        PutUnless(document, "code", fields.ReturnCode is null, () => fields.ReturnCode!.Value);
        PutUnless(document, "fail", fields.Failure is null, () => FailureDocument.Write(fields.Failure!));
        PutUnless(document, "out", fields.Result is null, () => fields.Result);
        PutUnless(document, "pre", !fields.IsPreprocessed, () => true);
        PutUnless(document, "due", fields.NotBefore is null, () => fields.NotBefore!.Value.ToUnixTimeMilliseconds());
        return document;
    }

    public static Job Read(BsonDocument document)
    {
        BsonValue parents = document["parents"];
        BsonValue edges = document["edges"];
        return Job.Restore(new JobSnapshot
        {
            Id = new JobId(document["_id"].AsInt64),
            Version = document["ver"].AsInt64,
            State = (JobState)document["state"].AsInt32,
            Application = document["app"].AsString,
            Site = document["site"].AsString,
            Workdir = document["dir"].AsString,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(document["made"].AsInt64),
            LastUpdate = DateTimeOffset.FromUnixTimeMilliseconds(document["last"].AsInt64),
            Key = ReadKey(document),
            Parameters = ReadData(document["par"]),
            Data = ReadData(document["data"]),
            Tags = document["tags"] is { IsArray: true } tags ? tags.AsArray.Select(tag => tag.AsString).ToDictionary(KeyOf, ValueOf, StringComparer.Ordinal) : JobTags.Empty,
            Parents = !parents.IsArray ? [] :
                [.. parents.AsArray.Select((parent, i) => new JobDependency(new JobId(parent.AsInt64), edges.IsArray ? (DependencyCondition)edges.AsArray[i].AsInt32 : DependencyCondition.Success))],
            Resources = document["res"] is { IsDocument: true } resources ? ResourcesDocument.Read(resources.AsDocument) : JobResources.Default,
            Priority = document["prio"] is { IsInt32: true } priority ? priority.AsInt32 : 0,
            Attempt = document["try"] is { IsInt32: true } attempt ? attempt.AsInt32 : 0,
            ReturnCode = document["code"] is { IsInt32: true } code ? code.AsInt32 : null,
            Failure = document["fail"] is { IsDocument: true } failure ? FailureDocument.Read(failure.AsDocument) : null,
            Result = document["out"] is { IsString: true } result ? result.AsString : null,
            IsPreprocessed = document["pre"] is { IsBoolean: true } preprocessed && preprocessed.AsBoolean,
            NotBefore = document["due"] is { IsInt64: true } due ? DateTimeOffset.FromUnixTimeMilliseconds(due.AsInt64) : null,
        });
    }

    public static string? ReadKey(BsonDocument document) => document["key"] is { IsString: true } key ? key.AsString : null;

    public static ImmutableArray<long> ReadChunks(BsonDocument document) => [.. document[ChunksField].AsArray.Select(chunk => chunk.AsInt64)];

    public static string TagKey(string key, string value) => key + TagSeparator + value;

    private static string KeyOf(string tag) => tag[..tag.IndexOf(TagSeparator, StringComparison.Ordinal)];

    private static string ValueOf(string tag) => tag[(tag.IndexOf(TagSeparator, StringComparison.Ordinal) + 1)..];

    private static JobData ReadData(BsonValue json) => json.IsString ? JobData.Parse(json.AsString) : JobData.Empty;

    private static void PutUnless(BsonDocument document, string name, bool isDefault, Func<BsonValue?> value)
    {
        if (!isDefault)
        {
            document[name] = value();
        }
    }
}
