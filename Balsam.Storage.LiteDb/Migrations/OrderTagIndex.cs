using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Migrations;

/// <summary>From schema 2, whose tag index held the jobs of a tag in no order, to schema 3, where they stand in order of number.</summary>
internal sealed class OrderTagIndex : IMigration
{
    public StoreHead Apply(LiteDatabase database, StoreHead head)
    {
        StoreCollections.Jobs(database).DropIndex(StoreCollections.UnorderedTagIndexName);
        StoreCollections.EnsureIndexes(database);
        return head;
    }
}
