using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>The collections of a store file, and their indexes. Nothing is indexed that changes with the state.</summary>
internal static class StoreCollections
{
    public const string TagIndex = "$.tags[*]";
    public const string ParentIndex = "$.parents[*]";

    public static ILiteCollection<BsonDocument> Head(LiteDatabase database) => database.GetCollection("head", BsonAutoId.Int64);

    public static ILiteCollection<BsonDocument> Jobs(LiteDatabase database) => database.GetCollection("jobs", BsonAutoId.Int64);

    public static ILiteCollection<BsonDocument> Events(LiteDatabase database) => database.GetCollection("events", BsonAutoId.Int64);

    public static ILiteCollection<BsonDocument> States(LiteDatabase database) => database.GetCollection("states", BsonAutoId.Int64);

    public static void EnsureIndexes(LiteDatabase database)
    {
        ILiteCollection<BsonDocument> jobs = Jobs(database);
        jobs.EnsureIndex("tags", TagIndex);
        jobs.EnsureIndex("parents", ParentIndex);
    }
}
