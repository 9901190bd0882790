using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Migrations;

/// <summary>From schema 6 to schema 7, beside which a journal may stand. The file itself is the same; but an older package would not see what is in the journal, so it has to refuse the file.</summary>
internal sealed class AddJournal : IMigration
{
    public StoreHead Apply(LiteDatabase database, StoreHead head) => head;
}
