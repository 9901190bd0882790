using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>Failure details as a document.</summary>
internal static class FailureDocument
{
    public static BsonDocument Write(FailureDetails failure)
    {
        var document = new BsonDocument { ["kind"] = (int)failure.Kind, ["msg"] = failure.Message };
        Put("type", failure.TypeName);
        Put("stack", failure.Stack);
        Put("exit", failure.ExitCode);
        Put("sig", failure.Signal);
        Put("guilty", failure.GuiltyAncestor?.Value);
        if (!failure.LastLines.IsDefaultOrEmpty)
        {
            document["tail"] = new BsonArray(failure.LastLines.Select(line => new BsonValue(line)));
        }

        if (failure.Inner is { } inner)
        {
            document["inner"] = Write(inner);
        }

        return document;

        void Put(string name, object? value)
        {
            if (value is not null)
            {
                document[name] = new BsonValue(value);
            }
        }
    }

    public static FailureDetails Read(BsonDocument document) => new()
    {
        Kind = (FailureKind)document["kind"].AsInt32,
        Message = document["msg"].AsString,
        TypeName = document["type"].IsString ? document["type"].AsString : null,
        Stack = document["stack"].IsString ? document["stack"].AsString : null,
        ExitCode = document["exit"].IsInt32 ? document["exit"].AsInt32 : null,
        Signal = document["sig"].IsInt32 ? document["sig"].AsInt32 : null,
        GuiltyAncestor = document["guilty"].IsInt64 ? new JobId(document["guilty"].AsInt64) : null,
        LastLines = document["tail"].IsArray ? [.. document["tail"].AsArray.Select(line => line.AsString)] : [],
        Inner = document["inner"].IsDocument ? Read(document["inner"].AsDocument) : null,
    };
}
