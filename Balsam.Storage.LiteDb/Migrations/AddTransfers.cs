using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Migrations;

/// <summary>
/// From schema 7 to schema 8, whose jobs may have transfers, inputs from parents, and wait for clean-up. No job of schema 7 does; but an older package would lose them with its next write of the job, so it has to
/// refuse the file.
/// </summary>
internal sealed class AddTransfers : IMigration
{
    public StoreHead Apply(LiteDatabase database, StoreHead head)
    {
        StoreCollections.EnsureIndexes(database);
        return head;
    }
}
