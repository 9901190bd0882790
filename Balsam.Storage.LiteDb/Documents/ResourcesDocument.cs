using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>What a job asks of nodes, as a document.</summary>
internal static class ResourcesDocument
{
    public static BsonDocument Write(JobResources resources)
    {
        var document = new BsonDocument
        {
            ["nodes"] = resources.Nodes,
            ["ranks"] = resources.RanksPerNode,
            ["threads"] = resources.ThreadsPerRank,
            ["percore"] = resources.ThreadsPerCore,
            ["gpus"] = resources.GpusPerRank.Parts,
            ["mem"] = resources.MemoryPerNode.Bytes,
        };
        if (resources.PackingCount is { } packing)
        {
            document["pack"] = packing;
        }

        if (resources.WallTime is { } wall)
        {
            document["wall"] = wall.Ticks;
        }

        if (resources.TimeLimit is { } limit)
        {
            document["limit"] = limit.Ticks;
        }

        if (resources.IsInterruptible)
        {
            document["interruptible"] = true;
        }

        if (resources.Custom.Count > 0)
        {
            document["custom"] = new BsonArray(resources.Custom.SelectMany(entry => new[] { new BsonValue(entry.Key), new BsonValue(entry.Value.Parts) }));
        }

        if (resources.LaunchParameters.Count > 0)
        {
            document["launch"] = new BsonArray(resources.LaunchParameters.SelectMany(entry => new[] { new BsonValue(entry.Key), new BsonValue(entry.Value) }));
        }

        return document;
    }

    public static JobResources Read(BsonDocument document)
    {
        JobResources resources = new()
        {
            Nodes = document["nodes"].AsInt32,
            RanksPerNode = document["ranks"].AsInt32,
            ThreadsPerRank = document["threads"].AsInt32,
            ThreadsPerCore = document["percore"].AsInt32,
            GpusPerRank = ResourceAmount.FromParts(document["gpus"].AsInt64),
            MemoryPerNode = new MemorySize(document["mem"].AsInt64),
            PackingCount = document["pack"] is { IsInt32: true } packing ? packing.AsInt32 : null,
            WallTime = document["wall"] is { IsInt64: true } wall ? TimeSpan.FromTicks(wall.AsInt64) : null,
            TimeLimit = document["limit"] is { IsInt64: true } limit ? TimeSpan.FromTicks(limit.AsInt64) : null,
            IsInterruptible = document["interruptible"] is { IsBoolean: true, AsBoolean: true },
        };
        if (document["custom"] is { IsArray: true } custom)
        {
            resources = resources with { Custom = Pairs(custom.AsArray, value => ResourceAmount.FromParts(value.AsInt64)) };
        }

        return document["launch"] is { IsArray: true } launch ? resources with { LaunchParameters = Pairs(launch.AsArray, value => value.AsString) } : resources;
    }

    private static Dictionary<string, T> Pairs<T>(BsonArray array, Func<BsonValue, T> read) =>
        array.Chunk(2).ToDictionary(pair => pair[0].AsString, pair => read(pair[1]), StringComparer.Ordinal);
}
