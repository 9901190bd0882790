namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>Makes mixes: the same seed gives the same mix.</summary>
internal sealed class MixMaker
{
    private const int CoresPerNode = 32;
    private const int Gibibytes = 128;
    private const int Longest = 7200;

    private readonly Random _random;
    private readonly MixKind _kind;
    private readonly int _nodes;
    private readonly Estimates _estimates;
    private readonly int _spread;

    private MixMaker(MixKind kind, int nodes, Estimates estimates, int seed)
    {
        (_kind, _nodes, _estimates) = (kind, nodes, estimates);
        _random = new Random((((seed * 31) + (int)kind) * 31) + nodes);
        _spread = _random.Next(3);
    }

    /// <summary>Makes a mix that keeps the nodes busy for several times as long as its longest job runs.</summary>
    public static Mix Make(MixKind kind, int nodes, Estimates estimates, int seed) => new MixMaker(kind, nodes, estimates, seed).Make(seed);

    /// <summary>What jobs say of their run times: one to three times the truth in whole minutes, the truth, or nothing.</summary>
    public static TimeSpan? Estimate(Estimates estimates, int seconds, Random random)
    {
        double factor = 1 + (2 * random.NextDouble());
        return estimates switch
        {
            Estimates.Exact => TimeSpan.FromSeconds(seconds),
            Estimates.Rough => TimeSpan.FromMinutes(Math.Ceiling(seconds * factor / 60)),
            _ => null,
        };
    }

    private Mix Make(int seed)
    {
        NodeSpec[] nodes = [.. Enumerable.Range(0, _nodes).Select(Node)];
        double enough = Longest * (4 + (4 * _random.NextDouble()));
        var mix = new Mix($"{_kind} × {_nodes}, {_estimates}, {seed}", nodes, []);
        while (mix.AreaBound < enough)
        {
            mix = mix with { Jobs = [.. mix.Jobs, .. Enumerable.Range(mix.Jobs.Length + 1, 10 * _nodes).Select(Job)] };
        }

        return mix;
    }

    private NodeSpec Node(int index)
    {
        bool hasGpus = _kind is MixKind.Gpu or MixKind.All || (_kind == MixKind.SomeGpuNodes && index % 2 == 0);
        return new NodeSpec($"n{index}", CoresPerNode, hasGpus ? 4 : 0, MemorySize.FromGibibytes(Gibibytes));
    }

    private MixJob Job(int id)
    {
        MixKind kind = _kind is MixKind.All or MixKind.Workflow ? Pick(MixKind.SingleCore, MixKind.SingleCore, MixKind.MultiCore, _kind == MixKind.All ? MixKind.Gpu : MixKind.MultiCore, MixKind.Memory, MixKind.MultiNode) : _kind;
        int seconds = Seconds();
        JobResources resources = Resources(kind) with { WallTime = Estimate(_estimates, seconds, _random) };
        int[] parents = _kind == MixKind.Workflow && id > 10 * _nodes && _random.Next(4) > 0
            ? [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => _random.Next(Math.Max(1, id - (20 * _nodes)), id)).Distinct()]
            : [];
        return new MixJob(id, resources, seconds, parents);
    }

    private JobResources Resources(MixKind kind) => kind switch
    {
        MixKind.SingleCore => JobResources.Default,
        MixKind.MultiCore => new JobResources { ThreadsPerRank = Pick(1, 2, 3, 4, 8, 12, 16, 32) },
        MixKind.Gpu or MixKind.SomeGpuNodes => Pick(
            new JobResources { ThreadsPerRank = Pick(1, 2, 4, 8) },
            new JobResources { ThreadsPerRank = Pick(1, 2, 4), GpusPerRank = 1 },
            new JobResources { ThreadsPerRank = Pick(2, 4, 8), GpusPerRank = Pick(1, 2, 4) },
            new JobResources { GpusPerRank = 0.5 }),
        MixKind.Memory => new JobResources { ThreadsPerRank = Pick(1, 1, 2, 4), MemoryPerNode = MemorySize.FromGibibytes(Pick(1, 2, 8, 16, 24, 48, 64)) },
        _ => _random.Next(8) == 0 ? new JobResources { Nodes = _random.Next(2, Math.Max(3, (_nodes / 2) + 1)), RanksPerNode = CoresPerNode } : new JobResources { ThreadsPerRank = Pick(1, 2, 4, 8) },
    };

    // Even, many short ones and few long, or either short or long.
    private int Seconds() => _spread switch
    {
        0 => _random.Next(60, Longest),
        1 => (int)Math.Clamp(300 * Math.Exp(1.2 * Normal()), 10, Longest),
        _ => _random.Next(4) == 0 ? _random.Next(Longest / 2, Longest) : _random.Next(30, 600),
    };

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];
}
