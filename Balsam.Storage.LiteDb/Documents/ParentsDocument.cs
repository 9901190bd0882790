using System.Collections.Immutable;
using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>
/// The parents of a job, in a document of its own beside the job's: a job of ten thousand parents changes its state as cheaply as any other,
/// and the index over parents is written once.
/// </summary>
internal static class ParentsDocument
{
    /// <summary>The field of the job's document that says how many parents it has; absent for none.</summary>
    public const string CountField = "after";

    /// <summary>What the document is, in messages, before its number.</summary>
    public const string What = "the list of parents of job";

    public static BsonDocument Write(Job job)
    {
        var document = new BsonDocument
        {
            ["_id"] = job.Id.Value,
            ["parents"] = new BsonArray(job.Parents.Select(edge => new BsonValue(edge.Parent.Value))),
        };
        if (job.Parents.Any(edge => edge.Condition != DependencyCondition.Success))
        {
            document["edges"] = new BsonArray(job.Parents.Select(edge => new BsonValue((int)edge.Condition)));
        }

        return DocumentSeal.Seal(document);
    }

    /// <exception cref="DocumentDamagedException">The document is not as it was written.</exception>
    public static ImmutableArray<JobDependency> Read(BsonDocument document) => ReadUnsealed(DocumentSeal.Check(document, What));

    /// <summary>Reads the parents out of a document that is known to be as it was written: up to schema 5 they stood in the job's.</summary>
    public static ImmutableArray<JobDependency> ReadUnsealed(BsonDocument document)
    {
        BsonArray? edges = document["edges"] is { IsArray: true } conditions ? conditions.AsArray : null;
        return [.. document["parents"].AsArray.Select((parent, i) => new JobDependency(new JobId(parent.AsInt64), edges is null ? DependencyCondition.Success : (DependencyCondition)edges[i].AsInt32))];
    }
}
