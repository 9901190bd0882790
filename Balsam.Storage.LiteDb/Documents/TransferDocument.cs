using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>A transfer of a job as a document.</summary>
internal static class TransferDocument
{
    public static BsonDocument Write(TransferItem item)
    {
        var document = new BsonDocument
        {
            ["slot"] = item.Slot,
            ["way"] = (int)item.Direction,
            ["far"] = item.Remote.ToString(),
            ["near"] = item.LocalPath,
            ["state"] = (int)item.State,
        };
        Put("deep", item.IsRecursive, item.IsRecursive);
        Put("try", item.Attempts != 0, item.Attempts);
        Put("why", item.Error is not null, item.Error);
        Put("files", item.Files != 0, item.Files);
        Put("bytes", item.Bytes != 0, item.Bytes);
        return document;

        void Put(string name, bool isThere, BsonValue value)
        {
            if (isThere)
            {
                document[name] = value;
            }
        }
    }

    public static TransferItem Read(BsonDocument document) => new()
    {
        Slot = document["slot"].AsString,
        Direction = (TransferDirection)document["way"].AsInt32,
        Remote = TransferAddress.Parse(document["far"].AsString),
        LocalPath = document["near"].AsString,
        State = (TransferState)document["state"].AsInt32,
        IsRecursive = document["deep"] is { IsBoolean: true } deep && deep.AsBoolean,
        Attempts = document["try"] is { IsInt32: true } attempts ? attempts.AsInt32 : 0,
        Error = document["why"] is { IsString: true } error ? error.AsString : null,
        Files = document["files"] is { IsInt32: true } files ? files.AsInt32 : 0,
        Bytes = document["bytes"] is { IsInt64: true } bytes ? bytes.AsInt64 : 0,
    };
}
