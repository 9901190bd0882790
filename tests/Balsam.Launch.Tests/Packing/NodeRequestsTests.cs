using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

public sealed class NodeRequestsTests
{
    private static readonly NodeSpec[] Nodes =
    [
        new("gpu", 8, 4, MemorySize.FromGibibytes(32)),
        new("fat", 64, 0, MemorySize.FromGibibytes(512)) { Custom = new Dictionary<string, ResourceAmount> { ["seat"] = 1.5 } },
    ];

    private static IEnumerable<TestCaseData> Cases()
    {
        yield return new TestCaseData(new JobResources(), null);
        yield return new TestCaseData(new JobResources { Nodes = 2 }, null);
        yield return new TestCaseData(new JobResources { RanksPerNode = 16, GpusPerRank = 1 }, "16 GPUs asked, the largest node has 4");
        yield return new TestCaseData(new JobResources { RanksPerNode = 9, GpusPerRank = 0.6 }, "9 shares of 0.6 GPU asked, each of one GPU; the largest node has 4 GPUs");
        yield return new TestCaseData(new JobResources { Nodes = 4 }, "4 nodes asked, there are 2");
        yield return new TestCaseData(new JobResources { Nodes = 2, RanksPerNode = 9 }, "2 nodes asked, there is 1 that is large enough");
        yield return new TestCaseData(new JobResources { RanksPerNode = 65 }, "65 cores asked, the largest node has 64");
        yield return new TestCaseData(new JobResources { MemoryPerNode = MemorySize.FromGibibytes(513) }, "513 GiB of memory asked, the largest node has 512 GiB");
        yield return new TestCaseData(
            new JobResources { Custom = new Dictionary<string, ResourceAmount> { ["seat"] = 2 } }, "2 of 'seat' asked, the node that offers most has 1.5");
        yield return new TestCaseData(
            new JobResources { ThreadsPerRank = 16, GpusPerRank = 1 },
            "no single node has all of this: 1 node × 16 cores, 1 GPU; the first lacks it so: 16 cores asked, the node has 8");
    }

    [TestCaseSource(nameof(Cases))]
    public void WhyNever_Request_SaysWhatIsMissing(JobResources resources, string? reason) =>
        Assert.That(NodeRequests.WhyNever(Nodes, resources), Is.EqualTo(reason));

    [TestCaseSource(nameof(Cases))]
    public void WhyNever_Request_AgreesWithAnEmptyInventory(JobResources resources, string? reason) =>
        Assert.That(new Inventory(Nodes).TryPlace(new PackingCandidate(1, resources), null, out _), Is.EqualTo(reason is null));

    [Test]
    public void WhyNever_NoNodes_SaysSo() => Assert.That(NodeRequests.WhyNever([], new JobResources()), Is.EqualTo("1 node asked, there are 0"));
}
