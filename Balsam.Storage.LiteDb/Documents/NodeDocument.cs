using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>What a node offers, as a document. Core ids stand as runs (first, count), since nodes have hundreds and number them in a row.</summary>
internal static class NodeDocument
{
    public static BsonDocument Write(NodeSpec node)
    {
        var document = new BsonDocument
        {
            ["name"] = node.Name,
            ["cores"] = new BsonArray(Runs(node.CoreIds).SelectMany(run => new BsonValue[] { run.First, run.Count })),
            ["gpus"] = new BsonArray(node.GpuIds.Select(id => new BsonValue(id))),
            ["mem"] = node.Memory.Bytes,
        };
        if (node.Custom.Count > 0)
        {
            document["custom"] = new BsonArray(node.Custom.SelectMany(entry => new BsonValue[] { entry.Key, entry.Value.Parts }));
        }

        return document;
    }

    public static NodeSpec Read(BsonDocument document)
    {
        IEnumerable<int> cores = document["cores"].AsArray.Chunk(2).SelectMany(run => Enumerable.Range(run[0].AsInt32, run[1].AsInt32));
        var node = new NodeSpec(document["name"].AsString, cores, document["gpus"].AsArray.Select(id => id.AsString), new MemorySize(document["mem"].AsInt64));
        return document["custom"] is { IsArray: true } custom
            ? node with { Custom = custom.AsArray.Chunk(2).ToDictionary(pair => pair[0].AsString, pair => ResourceAmount.FromParts(pair[1].AsInt64), StringComparer.Ordinal) }
            : node;
    }

    private static IEnumerable<(int First, int Count)> Runs(IReadOnlyList<int> ids)
    {
        int first = 0;
        for (int i = 1; i <= ids.Count; i++)
        {
            if (i == ids.Count || ids[i] != ids[i - 1] + 1)
            {
                yield return (ids[first], i - first);
                first = i;
            }
        }
    }
}
