using System.Reflection;
using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>The one document that says which schema the file has and how far its counters are.</summary>
/// <param name="Schema">The schema's version.</param>
/// <param name="LastId">The highest job id ever given.</param>
/// <param name="LastSequence">The highest event number ever given.</param>
/// <param name="LastEpoch">The epoch of the last session.</param>
/// <param name="StatesAt">The event up to which the pages of states are right.</param>
internal sealed record StoreHead(int Schema, long LastId, long LastSequence, long LastEpoch, long StatesAt)
{
    private const string What = "the record of the counters, document";

    private static readonly string OwnPackage = typeof(StoreHead).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>The version of the package that wrote the file last; empty for one that did not say.</summary>
    public string Package { get; init; } = OwnPackage;

    public BsonDocument ToDocument() => DocumentSeal.Seal(new BsonDocument
    {
        ["_id"] = 1,
        ["product"] = "Balsam for .NET",
        ["schema"] = Schema,
        ["package"] = OwnPackage,
        ["id"] = LastId,
        ["seq"] = LastSequence,
        ["epoch"] = LastEpoch,
        ["statesAt"] = StatesAt,
    });

    /// <exception cref="DocumentDamagedException">The document is not as it was written.</exception>
    public static StoreHead? From(BsonDocument? document)
    {
        return document is null || !DocumentSeal.Check(document, What)["schema"].IsInt32
            ? null
            : new StoreHead(document["schema"].AsInt32, Long("id"), Long("seq"), Long("epoch"), Long("statesAt")) { Package = document["package"].IsString ? document["package"].AsString : "" };

        long Long(string name) => document[name].IsNumber ? document[name].AsInt64 : 0;
    }
}
