using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Migrations;

/// <summary>From the schema whose job documents held the parents to the one that keeps them in documents of their own.</summary>
internal sealed class SeparateParents : IMigration
{
    public StoreHead Apply(LiteDatabase database, StoreHead head)
    {
        ILiteCollection<BsonDocument> jobs = StoreCollections.Jobs(database);
        jobs.DropIndex("parents");
        StoreCollections.EnsureIndexes(database);
        foreach (long id in jobs.Query().Where("COUNT($.parents[*]) > 0").Select("$._id").ToEnumerable().Select(row => row["_id"].AsInt64).ToArray())
        {
            BsonDocument job = jobs.FindById(id);
            var parents = new BsonDocument { ["_id"] = id, ["parents"] = job["parents"] };
            if (job.ContainsKey("edges"))
            {
                parents["edges"] = job["edges"];
            }

            job[ParentsDocument.CountField] = job["parents"].AsArray.Count;
            job.Remove("parents");
            job.Remove("edges");
            StoreCollections.Parents(database).Insert(parents);
            jobs.Update(job);
        }

        return head;
    }
}
