using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Migrations;

/// <summary>To the schema that records launchers and applications beside jobs. Their collections appear with their first documents; an older package would not keep them.</summary>
internal sealed class AddRecords : IMigration
{
    public StoreHead Apply(LiteDatabase database, StoreHead head) => head;
}
