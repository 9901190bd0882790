using CsCheck;

namespace Balsam.Core.Tests.Jobs;

public sealed class ResourceTests
{
    [TestCase(1.0 / 3, 3)]
    [TestCase(1.0 / 7, 7)]
    [TestCase(0.1, 10)]
    [TestCase(0.0001, 10_000)]
    public void ResourceAmount_SharesOfAUnit_NeverExceedIt(double share, int times) => Assert.That(ResourceAmount.FromUnits(share) * times <= 1.0, Is.True);

    [Test]
    public void ResourceAmount_TakenAndGivenBack_IsWhatItWas() => Gen.Long[0, 1_000_000_000].Select(Gen.Long[0, 1_000_000_000]).Sample(pair =>
    {
        var amount = ResourceAmount.FromParts(pair.Item1);
        var share = ResourceAmount.FromParts(pair.Item2);
        Assert.That(amount + share - share, Is.EqualTo(amount));
        Assert.That(amount.CompareTo(share), Is.EqualTo(pair.Item1.CompareTo(pair.Item2)));
        Assert.That((amount.WholeUnits * ResourceAmount.PartsPerUnit) + amount.FractionParts, Is.EqualTo(amount.Parts));
    });

    [TestCase(0.29, 2_900)]
    [TestCase(0.57, 5_700)]
    [TestCase(1.1, 11_000)]
    [TestCase(2.0 / 3, 6_666)]
    [TestCase(0.00009, 0)]
    [TestCase(99_999_999.29, 999_999_992_900)]
    public void ResourceAmount_FromUnits_IsExactForDecimalsAndElseRoundsDown(double units, long parts) => Assert.That(ResourceAmount.FromUnits(units).Parts, Is.EqualTo(parts));

    [TestCase(double.NaN)]
    [TestCase(-0.0001)]
    [TestCase(100_000_001)]
    [TestCase(double.PositiveInfinity)]
    public void ResourceAmount_NoAmount_IsRefused(double units) => Assert.That(() => ResourceAmount.FromUnits(units), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void ResourceAmount_MoreTakenThanThere_IsRefused() => Assert.That(() => ResourceAmount.FromUnits(1) - 1.5, Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase(2, ExpectedResult = "2")]
    [TestCase(0.25, ExpectedResult = "0.25")]
    [TestCase(0.33333, ExpectedResult = "0.3333")]
    [TestCase(0, ExpectedResult = "0")]
    public string ResourceAmount_ToString_HasNoTrailingZeros(double units) => ResourceAmount.FromUnits(units).ToString();

    [TestCase(1, 1, 1, ExpectedResult = 1)]
    [TestCase(4, 2, 1, ExpectedResult = 8)]
    [TestCase(4, 2, 4, ExpectedResult = 2)]
    [TestCase(2, 3, 4, ExpectedResult = 1)]
    [TestCase(1, 1, 4, ExpectedResult = 1)]
    [TestCase(7, 1, 2, ExpectedResult = 3)]
    public int JobResources_CoresPerNode_FollowTheOriginal(int ranks, int threads, int perCore) =>
        new JobResources { RanksPerNode = ranks, ThreadsPerRank = threads, ThreadsPerCore = perCore }.CoresPerNode;

    private static IEnumerable<TestCaseData> Unsound =>
    [
        new(new JobResources { Nodes = 0 }, "Nodes"),
        new(new JobResources { RanksPerNode = -1 }, "RanksPerNode"),
        new(new JobResources { ThreadsPerRank = 1_000_001 }, "ThreadsPerRank"),
        new(new JobResources { ThreadsPerCore = 0 }, "ThreadsPerCore"),
        new(new JobResources { RanksPerNode = 1_000_000, ThreadsPerRank = 1_000_000 }, "more than any node"),
        new(new JobResources { PackingCount = 0 }, "PackingCount"),
        new(new JobResources { PackingCount = 10_001 }, "PackingCount"),
        new(new JobResources { GpusPerRank = 1.5 }, "GpusPerRank is 1.5"),
        new(new JobResources { MemoryPerNode = new MemorySize(-1) }, "MemoryPerNode is -1 bytes; "),
        new(new JobResources { WallTime = TimeSpan.FromMinutes(-1) }, "WallTime is -00:01:00; "),
        new(new JobResources { TimeLimit = TimeSpan.Zero }, "TimeLimit is 00:00:00; "),
        new(new JobResources { Custom = new Dictionary<string, ResourceAmount> { [" "] = 1 } }, "Custom has 1 of ' '; a custom resource must have a name."),
    ];

    [TestCaseSource(nameof(Unsound))]
    public void Validate_UnsoundRequest_SaysWhatIsWrong(JobResources resources, string what) => Assert.That(resources.Validate().Single(), Does.Contain(what));

    [Test]
    public void Validate_SeveralProblems_NamesThemAll() => Assert.That(
        new JobResources { Nodes = 0, RanksPerNode = -2, ThreadsPerRank = -2, WallTime = TimeSpan.FromMinutes(-1) }.Validate().Select(problem => problem.Split(';')[0]),
        Is.EqualTo(new[] { "Nodes is 0", "RanksPerNode is -2", "ThreadsPerRank is -2", "WallTime is -00:01:00" }));

    [Test]
    public void Validate_SoundRequest_IsQuiet() => Assert.That(new JobResources { Nodes = 2, GpusPerRank = 0.5, PackingCount = 1, WallTime = TimeSpan.Zero }.Validate(), Is.Empty);

    [Test]
    public void JobResources_EqualRequests_AreEqualWhateverHoldsTheirEntries()
    {
        JobResources left = new() { Custom = new Dictionary<string, ResourceAmount> { ["a"] = 1, ["b"] = 2 }, LaunchParameters = new Dictionary<string, string> { ["x"] = "1" } };
        JobResources right = new() { Custom = new SortedDictionary<string, ResourceAmount> { ["b"] = 2, ["a"] = 1 }, LaunchParameters = new Dictionary<string, string> { ["x"] = "1" } };
        Assert.That(left, Is.EqualTo(right));
        Assert.That(left.GetHashCode(), Is.EqualTo(right.GetHashCode()));
        Assert.That(left with { LaunchParameters = new Dictionary<string, string> { ["x"] = "2" } }, Is.Not.EqualTo(right));
        Assert.That(left with { Custom = new Dictionary<string, ResourceAmount> { ["a"] = 1 } }, Is.Not.EqualTo(right));
    }

    [Test]
    public void JobResources_OneIsInterruptible_AreNotEqual() => Assert.That(new JobResources { IsInterruptible = true }, Is.Not.EqualTo(JobResources.Default));

    [Test]
    public void JobResources_ToString_ReadsLikeASentence() => Assert.That(
        new JobResources { Nodes = 2, RanksPerNode = 8, GpusPerRank = 0.25, MemoryPerNode = MemorySize.FromGibibytes(4), Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 1 } }.ToString(),
        Is.EqualTo("2 nodes × 8 cores, 2 GPUs, 4 GiB, 1 licence"));

    private static IEnumerable<TestCaseData> Requests =>
    [
        new(new JobResources { RanksPerNode = 8, GpusPerRank = 0.25, MemoryPerNode = MemorySize.FromGibibytes(16) }, null),
        new(new JobResources { RanksPerNode = 9 }, "9 cores asked, the node has 8"),
        new(new JobResources { RanksPerNode = 3, GpusPerRank = 1 }, "3 GPUs asked, the node has 2"),
        new(new JobResources { RanksPerNode = 3, GpusPerRank = 0.6 }, "1.8 GPUs asked, the node has 2"),
        new(new JobResources { RanksPerNode = 6, GpusPerRank = 0.3333 }, null),
        new(new JobResources { MemoryPerNode = MemorySize.FromGibibytes(17) }, "17 GiB of memory asked, the node has 16 GiB"),
        new(new JobResources { Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 2.5 } }, "2.5 of 'licence' asked, the node has 2"),
        new(new JobResources { Custom = new Dictionary<string, ResourceAmount> { ["disk"] = 1 } }, "1 of 'disk' asked, the node has 0"),
    ];

    [TestCaseSource(nameof(Requests))]
    public void NodeSpec_ARequest_FitsOrSaysWhyNot(JobResources resources, string? obstacle)
    {
        var node = new NodeSpec("n1", 8, 2, MemorySize.FromGibibytes(16)) { Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 2 } };
        Assert.That(node.WhyTooSmallFor(resources), Is.EqualTo(obstacle));
    }

    [Test]
    public void NodeSpec_WithoutMemory_DoesNotCountIt() => Assert.That(new NodeSpec("n1", 1).WhyTooSmallFor(new JobResources { MemoryPerNode = MemorySize.FromGibibytes(1e6) }), Is.Null);

    [Test]
    public void NodeSpec_Senseless_IsRefused()
    {
        Assert.That(() => new NodeSpec("", 1), Throws.ArgumentException);
        Assert.That(() => new NodeSpec("n", 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new NodeSpec("n", 1, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new NodeSpec("n", [], null, default), Throws.ArgumentException.With.Message.Contains("no cores"));
        Assert.That(() => new NodeSpec("n", [3, 3], null, default), Throws.ArgumentException.With.Message.Contains("twice"));
        Assert.That(() => new NodeSpec("n", [3], ["0", "0"], default), Throws.ArgumentException.With.Message.Contains("twice"));
    }

    [Test]
    public void WhyNever_TooManyNodes_CountsThoseThatFit()
    {
        NodeSpec[] nodes = [new("n1", 8), new("n2", 4)];
        Assert.That(NodeRequests.WhyNever(nodes, new JobResources { Nodes = 2, RanksPerNode = 4 }), Is.Null);
        Assert.That(NodeRequests.WhyNever(nodes, new JobResources { Nodes = 2, RanksPerNode = 8 }), Does.Contain("there is 1"));
        Assert.That(NodeRequests.WhyNever(nodes, new JobResources { RanksPerNode = 9 }), Does.Contain("9 cores asked").And.Contain("largest node has 8"));
        Assert.That(NodeRequests.WhyNever([], new JobResources { Nodes = 3 }), Is.EqualTo("3 nodes asked, there are 0"));
    }

    [TestCase(0, ExpectedResult = "0 B")]
    [TestCase(1023, ExpectedResult = "1023 B")]
    [TestCase(1536, ExpectedResult = "1.5 KiB")]
    [TestCase(1L << 50, ExpectedResult = "1 PiB")]
    public string MemorySize_ToString_UsesTheLargestUnit(long bytes) => new MemorySize(bytes).ToString();
}
