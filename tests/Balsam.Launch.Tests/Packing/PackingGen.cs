using CsCheck;

namespace Balsam.Launch.Tests.Packing;

/// <summary>Random nodes and requests.</summary>
internal static class PackingGen
{
    private static readonly Gen<ResourceAmount> Share = Pick<ResourceAmount>(0.5, 1.0 / 3, 0.25, 0.6, 0.1);

    public static readonly Gen<NodeSpec[]> Nodes =
        from count in Gen.OneOf(Gen.Int[1, 6], Gen.Int[60, 140])
        from kinds in Gen.Select(Gen.Int[1, 80], Gen.OneOf(Gen.Int[0, 5], Gen.Int[7, 12]), Gen.OneOf(Gen.Const(0), Gen.Int[1, 64]), Gen.Int[0, 3]).Array[1, 3]
        from picks in Gen.Int[0, 2].Array[count]
        select picks.Select((pick, i) =>
        {
            (int cores, int gpus, int gibibytes, int seats) = kinds[pick % kinds.Length];
            return new NodeSpec($"n{i}", cores, gpus, MemorySize.FromGibibytes(gibibytes))
            {
                Custom = new Dictionary<string, ResourceAmount> { ["seat"] = seats + 0.5, ["other"] = 1 },
            };
        }).ToArray();

    public static readonly Gen<JobResources> Request =
        from nodes in Gen.Frequency((9, Gen.Const(1)), (1, Gen.Int[2, 4]))
        from ranks in Gen.Frequency((3, Gen.Const(1)), (2, Gen.Int[1, 4]), (1, Gen.Int[1, 70]))
        from gpus in Gen.Frequency((3, Gen.Const(ResourceAmount.Zero)), (1, Gen.Int[1, 2].Select(static g => (ResourceAmount)g)), (1, Share))
        from gibibytes in Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 30]))
        from packing in Gen.Frequency((3, Pick<int?>(null, null)), (2, Gen.Int[1, 9].Select(static p => (int?)p)))
        from seats in Gen.Frequency((5, Gen.Const(0.0)), (1, Pick(0.5, 1, 1.25)))
        select new JobResources
        {
            Nodes = nodes,
            RanksPerNode = ranks,
            GpusPerRank = gpus,
            MemoryPerNode = MemorySize.FromGibibytes(gibibytes),
            PackingCount = packing,
            Custom = seats == 0 ? new Dictionary<string, ResourceAmount>() : new Dictionary<string, ResourceAmount> { ["seat"] = seats },
        };

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
