using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Migrations;

/// <summary>From schema 3 to schema 4, whose jobs may have keys. No job of schema 3 has one; but an older package would give keys out twice, so it has to refuse the file.</summary>
internal sealed class AddKeys : IMigration
{
    public StoreHead Apply(LiteDatabase database, StoreHead head) => head;
}
