using Balsam.Storage.Embedded;

namespace Balsam.Core.Tests.Storage;

/// <summary>How far a new job is told of along the paths above it.</summary>
public sealed class DependencyGraphTests
{
    private const int Length = 20_000;
    private static readonly JobId First = new(1);

    // Job 1 is ready; 2 to 20,000 each wait for the one before.
    private static readonly Job[] Chain =
    [
        .. Enumerable.Range(2, Length - 1).Select(static id => Job.Create(
            new JobId(id), new JobAddition { Application = "App", Site = "local" }, [new JobDependency(new JobId(id - 1), DependencyCondition.Success)], DateTimeOffset.UnixEpoch)),
    ];

    [Test]
    public void PathBehind_ChainThatCameAtOnce_IsAllOfIt()
    {
        var graph = new DependencyGraph();
        Array.ForEach([.. Chain.Reverse()], job => Add(graph, job));
        Assert.That(graph.PathBehind(First), Is.EqualTo(TimeSpan.FromMinutes(Length - 1)), "a minute for each job without an estimate");
    }

    [Test]
    public void PathBehind_ChainThatCameOneByOne_IsAsMuchAsWasToldUpwards()
    {
        var graph = new DependencyGraph();
        Array.ForEach(Chain, job => Add(graph, job));
        Assert.That(graph.PathBehind(First), Is.InRange(TimeSpan.FromMinutes(256), TimeSpan.FromMinutes(258)));
        Assert.That(graph.PathBehind(new JobId(Length - 5)), Is.EqualTo(TimeSpan.FromMinutes(5)));
    }

    [Test]
    public void PathBehind_EstimatesBeyondAnyTime_EndsAtTheLongest()
    {
        var graph = new DependencyGraph();
        foreach (int id in (int[])[3, 2])
        {
            JobResources endless = JobResources.Default with { WallTime = TimeSpan.MaxValue };
            Add(graph, Job.Create(new JobId(id), new JobAddition { Application = "App", Site = "local", Resources = endless }, [new JobDependency(new JobId(id - 1), DependencyCondition.Success)], DateTimeOffset.UnixEpoch));
        }

        Assert.That(graph.PathBehind(First), Is.EqualTo(TimeSpan.MaxValue));
    }

    private static void Add(DependencyGraph graph, Job job)
    {
        graph.Add(job, pending: 1);
        graph.TellParents(job);
    }
}
