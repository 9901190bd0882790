using System.Globalization;
using System.Text;
using Balsam.Launch.Packing;
using Balsam.Launch.Tests.Packing.Judging;

namespace Balsam.Launch.Tests.Packing;

/// <summary>Whole campaigns: makespan, use and waits of the packer against first fit and the original's two orders.</summary>
public sealed class MixTests
{
    /// <summary>What nodes that are emptied for jobs on several may cost of their use.</summary>
    private const double LostByEmptying = 0.02;

    private static readonly int[] Sizes = [2, 8];
    private static readonly MixKind[] Bags = [MixKind.SingleCore, MixKind.MultiCore, MixKind.Gpu, MixKind.SomeGpuNodes, MixKind.Memory, MixKind.MultiNode, MixKind.All];

    private static int FirstSeed => int.Parse(Environment.GetEnvironmentVariable("BALSAM_MIX_SEED") ?? "1", CultureInfo.InvariantCulture);

    private sealed record Row(Mix Mix, double Ours, double FirstFit, double FewNodesFirst, double LongLargeFirst)
    {
        public static Row Of(Mix mix) => new(
            mix,
            Campaign.Run(mix, new BackfillPolicy()).Makespan,
            Campaign.Run(mix, GreedyPolicy.FirstFit).Makespan,
            Campaign.Run(mix, GreedyPolicy.FewNodesFirst).Makespan,
            Campaign.Run(mix, GreedyPolicy.LongLargeFirst).Makespan);

        public double BestRival => Math.Min(FirstFit, Math.Min(FewNodesFirst, LongLargeFirst));

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"| {Mix.Name} | {Ours / Mix.LowerBound:F3} | {FirstFit / Mix.LowerBound:F3} | {FewNodesFirst / Mix.LowerBound:F3} | {LongLargeFirst / Mix.LowerBound:F3} | {Mix.LowerBound:F0} s |");
    }

    // With estimates that are the truth: no later than each of them on nine of ten mixes; bags of jobs never more than 2 % later than any of them.
    [Test]
    public void Pack_ExactEstimates_EndsNoLaterThanItsRivalsOnNineOfTenMixes()
    {
        Row[] rows = Generated(Estimates.Exact, seeds: 4);
        string table = string.Join('\n', rows.AsEnumerable());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows, Has.Length.EqualTo(64));
            Assert.That(rows.Count(static row => row.Ours <= row.FirstFit), Is.GreaterThanOrEqualTo(rows.Length * 0.9), table);
            Assert.That(rows.Count(static row => row.Ours <= row.FewNodesFirst), Is.GreaterThanOrEqualTo(rows.Length * 0.9), table);
            Assert.That(rows.Count(static row => row.Ours <= row.LongLargeFirst), Is.GreaterThanOrEqualTo(rows.Length * 0.9), table);
            Assert.That(rows.Where(static row => row.Mix.Jobs.All(static job => job.Parents.Length == 0)).All(static row => row.Ours <= row.BestRival * 1.02), Is.True, table);
            SoonerOnAverage(rows);
        }
    }

    // With less known: sooner than each rival on average.
    [Test]
    public void Pack_AllKindsOfMixes_EndsSoonerThanEachRivalOnAverage([Values(Estimates.Rough, Estimates.Missing)] Estimates estimates)
    {
        Row[] rows = Generated(estimates, seeds: 2);
        Assert.That(rows, Has.Length.EqualTo(32));
        SoonerOnAverage(rows);
    }

    [Test]
    public void Pack_JobsOnSeveralNodes_EndsSoonerThanInTheUsualStyle()
    {
        Mix[] mixes = [.. from nodes in Sizes from seed in Enumerable.Range(1, 6) select MixMaker.Make(MixKind.MultiNode, nodes, Estimates.Exact, seed)];
        double rehearsed = mixes.Average(static mix => Campaign.Run(mix, new BackfillPolicy()).Makespan / mix.LowerBound);
        double usual = mixes.Average(static mix => Campaign.Run(mix, new StyledPolicy(PackingStyle.Usual)).Makespan / mix.LowerBound);
        Assert.That(rehearsed, Is.LessThan(0.99 * usual));
    }

    // Graphs: what waits for a job counts.
    [Test]
    public void Pack_Graphs_EndsSoonerThanWithoutThePathsBehindJobs()
    {
        Mix[] mixes = [.. from nodes in Sizes from seed in Enumerable.Range(1, 3) select MixMaker.Make(MixKind.Workflow, nodes, Estimates.Exact, seed)];
        double with = mixes.Average(static mix => Campaign.Run(mix, new BackfillPolicy()).Makespan / mix.LowerBound);
        double without = mixes.Average(static mix => Campaign.Run(mix, new BlindPolicy()).Makespan / mix.LowerBound);
        Assert.That(with, Is.LessThan(0.95 * without));
    }

    // The tail begins when the last job has started: until then nothing but fragmentation keeps the scarcest resource idle, and nodes that are emptied for a job on several.
    [TestCase(Estimates.Exact, 0.95)]
    [TestCase(Estimates.Rough, 0.93)]
    [TestCase(Estimates.Missing, 0.90)]
    public void Pack_AllKindsOfBags_UsesTheScarcestResourceUntilTheTailBegins(Estimates estimates, double least)
    {
        (string Mix, double Use)[] uses =
        [
            .. from kind in Bags
               from nodes in Sizes
               from seed in Enumerable.Range(1, 3)
               let mix = MixMaker.Make(kind, nodes, estimates, seed)
               select (mix.Name, UseBeforeTail(mix) + (kind == MixKind.MultiNode ? LostByEmptying : 0)),
        ];
        Assert.That(uses.Where(use => use.Use < least), Is.Empty);
    }

    [Test]
    public void Pack_EstimatesNotTooShort_NoWideJobWaitsLongerThanTheRuleAllows([Values(MixKind.MultiNode, MixKind.All)] MixKind kind, [Values(4, 8)] int nodes, [Values(Estimates.Exact, Estimates.Rough)] Estimates estimates, [Range(1, 3)] int seed)
    {
        Mix mix = MixMaker.Make(kind, nodes, estimates, seed);
        var policy = new PromiseRecorder(new BackfillPolicy());
        double[] starts = Campaign.Run(mix, policy).Starts;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(policy.Promises.Keys.Count(job => mix.Jobs[job - 1].Resources.Nodes > 1), Is.Positive, "jobs on several nodes for which nodes were kept");
            Assert.That(policy.Promises.Where(promise => starts[promise.Key] > promise.Value + 1), Is.Empty, "jobs that started later than said when nodes were first kept for them");
        }
    }

    [Test]
    [Explicit("Writes the whole table; BALSAM_WORKFLOWS names a directory of WfFormat files to replay too, BALSAM_MIX_SEED the first of the two seeds.")]
    public void Pack_AllMixes_WritesTheTable()
    {
        List<Mix> mixes = [.. from kind in Enum.GetValues<MixKind>() from nodes in Sizes from estimates in Enum.GetValues<Estimates>() from seed in Enumerable.Range(FirstSeed, 2) select MixMaker.Make(kind, nodes, estimates, seed)];
        if (Environment.GetEnvironmentVariable("BALSAM_WORKFLOWS") is { } directory)
        {
            mixes.AddRange(from path in Directory.GetFiles(directory, "*.json").Order(StringComparer.Ordinal) from nodes in new[] { 1, 4 } from estimates in Enum.GetValues<Estimates>() select WorkflowMixes.Read(path, nodes, 10, estimates));
        }

        Row[] rows = [.. mixes.Select(Row.Of)];
        var table = new StringBuilder("| mix | ours | first fit | few nodes first | long large first | lower bound |\n|---|---|---|---|---|---|\n");
        Array.ForEach(rows, row => table.AppendLine(row.ToString()));
        TestContext.Out.Write(table);
        Assert.That(rows.Average(static row => row.Ours / row.Mix.LowerBound), Is.LessThan(rows.Average(static row => row.FirstFit / row.Mix.LowerBound)));
    }

    private static Row[] Generated(Estimates estimates, int seeds) =>
        [.. from kind in Enum.GetValues<MixKind>() from nodes in Sizes from seed in Enumerable.Range(1, seeds) select Row.Of(MixMaker.Make(kind, nodes, estimates, seed))];

    private static void SoonerOnAverage(Row[] rows)
    {
        string table = string.Join('\n', rows.AsEnumerable());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Mean(static row => row.Ours), Is.LessThan(Mean(static row => row.FirstFit)), table);
            Assert.That(Mean(static row => row.Ours), Is.LessThan(Mean(static row => row.FewNodesFirst)), table);
            Assert.That(Mean(static row => row.Ours), Is.LessThan(Mean(static row => row.LongLargeFirst)), table);
        }

        double Mean(Func<Row, double> makespan) => rows.Average(row => makespan(row) / row.Mix.LowerBound);
    }

    private static double UseBeforeTail(Mix mix)
    {
        Campaign campaign = Campaign.Run(mix, new BackfillPolicy());
        NodeResource scarcest = mix.Scarcest;
        Dictionary<string, double> has = mix.Nodes.ToDictionary(static node => node.Name, scarcest.Has);
        double tail = campaign.Starts.Max();
        double used = mix.Jobs.Sum(job => (Math.Min(campaign.Ends[job.Id], tail) - campaign.Starts[job.Id]) * campaign.Placements[job.Id].Shares.Sum(share => Mix.IsAlone(job.Resources) ? has[share.Node] : scarcest.Asked(job.Resources)));
        return used / (tail * has.Values.Sum());
    }

    /// <summary>The packer, not told what waits for a job.</summary>
    private sealed class BlindPolicy : IPackingPolicy
    {
        private readonly BackfillPolicy _policy = new();
        private readonly Dictionary<long, PackingCandidate> _blind = [];

        public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime) =>
            _policy.Pack(inventory, [.. candidates.Select(Blind)], now, remainingWallTime);

        private PackingCandidate Blind(PackingCandidate candidate) =>
            _blind.TryGetValue(candidate.Id, out PackingCandidate? blind) ? blind : _blind[candidate.Id] = new PackingCandidate(candidate.Id, candidate.Resources, candidate.Priority);
    }
}
