using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>The collections of a store file, and their indexes. Nothing is indexed that changes with the state, but that a finished job is to be cleaned up.</summary>
internal static class StoreCollections
{
    // A tag and the number: the jobs of a tag stand in the index in order of number, so that a page is read without the rest.
    public const string TagIndex = "MAP($.tags[*]=>[@,$._id])";

    // What else a job is found by, as with tags: only a job that is, is in the index.
    public const string MarkIndex = "MAP($.marks[*]=>[@,$._id])";
    public const string ParentIndex = "$.parents[*]";

    // The name that the tag index had up to schema 2.
    public const string UnorderedTagIndexName = "tags";

    public static ILiteCollection<BsonDocument> Head(LiteDatabase database) => database.GetCollection("head", BsonAutoId.Int64);

    public static ILiteCollection<BsonDocument> Jobs(LiteDatabase database) => database.GetCollection("jobs", BsonAutoId.Int64);

    /// <summary>The parents of each job that has any.</summary>
    public static ILiteCollection<BsonDocument> Parents(LiteDatabase database) => database.GetCollection("parents", BsonAutoId.Int64);

    public static ILiteCollection<BsonDocument> Events(LiteDatabase database) => database.GetCollection("events", BsonAutoId.Int64);

    public static ILiteCollection<BsonDocument> States(LiteDatabase database) => database.GetCollection("states", BsonAutoId.Int64);

    public static ILiteCollection<BsonDocument> Keys(LiteDatabase database) => database.GetCollection("keys", BsonAutoId.Int64);

    public static ILiteCollection<BsonDocument> Launchers(LiteDatabase database) => database.GetCollection("launchers", BsonAutoId.Int64);

    public static ILiteCollection<BsonDocument> Applications(LiteDatabase database) => database.GetCollection("applications");

    public static void EnsureIndexes(LiteDatabase database)
    {
        Jobs(database).EnsureIndex("tagids", TagIndex);
        Jobs(database).EnsureIndex("markids", MarkIndex);
        Parents(database).EnsureIndex("parents", ParentIndex);
    }
}
