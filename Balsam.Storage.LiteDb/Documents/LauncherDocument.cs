using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>The record of a launcher as a document, by epoch.</summary>
internal static class LauncherDocument
{
    /// <summary>What the document is, in messages, before its number.</summary>
    public const string What = "the record of the launcher of epoch";

    public static BsonDocument Write(LauncherRecord launcher) => DocumentSeal.Seal(new BsonDocument
    {
        ["_id"] = launcher.Token.Epoch,
        ["session"] = launcher.Token.Session.Value,
        ["site"] = launcher.Site.Value,
        ["host"] = launcher.Host,
        ["pid"] = launcher.ProcessId,
        ["nodes"] = new BsonArray(launcher.Nodes.Select(NodeDocument.Write)),
        ["opened"] = launcher.OpenedAt.ToUnixTimeMilliseconds(),
        ["closed"] = launcher.ClosedAt?.ToUnixTimeMilliseconds(),
    });

    public static LauncherRecord Read(BsonDocument document) => new(
        new LeaseToken(new SessionId(DocumentSeal.Check(document, What)["session"].AsGuid), document["_id"].AsInt64),
        document["site"].AsString,
        document["host"].AsString,
        document["pid"].AsInt32,
        [.. document["nodes"].AsArray.Select(node => NodeDocument.Read(node.AsDocument))],
        DateTimeOffset.FromUnixTimeMilliseconds(document["opened"].AsInt64),
        document["closed"] is { IsInt64: true } closed ? DateTimeOffset.FromUnixTimeMilliseconds(closed.AsInt64) : null);
}
