using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Migrations;

/// <summary>One step from a schema to the next.</summary>
internal interface IMigration
{
    /// <summary>Changes the documents, inside a transaction.</summary>
    /// <returns>The head as it is afterwards; the version number is set by the caller.</returns>
    StoreHead Apply(LiteDatabase database, StoreHead head);
}
