using Balsam.Storage.Embedded;
using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Migrations;

/// <summary>From schema 1, which found the states of jobs by reading all of them, to schema 2, which keeps them on pages.</summary>
internal sealed class AddStatePages : IMigration
{
    public StoreHead Apply(LiteDatabase database, StoreHead head)
    {
        var states = new StateMap();
        foreach (BsonDocument job in StoreCollections.Jobs(database).Query().Select("{ _id: $._id, state: $.state }").ToEnumerable())
        {
            states.Set(job["_id"].AsInt64, (JobState)job["state"].AsInt32);
        }

        StatePages.Write(database, states, Enumerable.Range(0, states.PageCount), []);
        return head with { StatesAt = head.LastSequence };
    }
}
