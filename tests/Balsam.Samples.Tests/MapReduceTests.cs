using Balsam.Testing;
using MapReduce;

namespace Balsam.Samples.Tests;

[TestFixture]
public sealed class MapReduceTests
{
    private static Task<BalsamTestHost> StartAsync() =>
        BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Split>().AddApplication<Count>().AddApplication<Reduce>());

    private static async Task<(Job Split, Job Reduce)> SubmitAsync(BalsamTestHost host)
    {
        NewJob split = Split.NewJob("split", new Split.Parameters("text.txt"));
        IReadOnlyList<Job> jobs = await host.Client.SubmitAsync([split, Reduce.NewJob("reduce", 2).After(split)]);
        return (jobs[0], jobs[1]);
    }

    [Test]
    public async Task Split_ThreeParts_ReduceWaitsForTheirMappersAndAddsUp()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Split>().Take(TimeSpan.FromMinutes(1)).Write("part-0000", "").Write("part-0001", "").Write("part-0002", "");
        host.Runs<Count>().Take(TimeSpan.FromMinutes(10)).Print("      3 the").Print("      1 cat");
        host.Runs<Count>().When<Count.Parameters>(parameters => parameters.Part.EndsWith("part-0002", StringComparison.Ordinal)).Take(TimeSpan.FromHours(2)).Print("      5 dog");
        (Job split, Job reduce) = await SubmitAsync(host);

        await host.RunUntilIdleAsync();

        List<Job> mappers = await host.Client.Jobs.WithApplication<Count>().ToListAsync();
        Assert.That(mappers, Has.Count.EqualTo(3));
        host.Expect(mappers).Finished().After(split);
        host.Expect(reduce).Finished().After(mappers).EndedAt(TimeSpan.FromMinutes(121));
        WordCounts counts = (await host.Client.GetAsync(reduce)).GetResult<WordCounts>()!;
        Assert.That((counts.Words, counts.Distinct), Is.EqualTo((13L, 3)));
        Assert.That(counts.Top, Is.EqualTo(new[] { new WordCount("the", 6), new WordCount("dog", 5) }));
    }

    [Test]
    public async Task Split_EmptyText_FailsAndReduceWithIt()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Split>();
        (Job split, Job reduce) = await SubmitAsync(host);
        await host.RunUntilIdleAsync();
        host.Expect(split).Failed(FailureKind.HookDecision, "the text is empty");
        host.Expect(reduce).Failed(FailureKind.ParentFailed).Ran(0);
    }

    [Test]
    public async Task Split_LauncherKilledWhileItRuns_SubmitsItsMappersOnce()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Split>().Write("part-0000", "").Take(TimeSpan.FromMinutes(1));
        host.Runs<Count>().Take(TimeSpan.FromMinutes(10)).Print("      3 the");
        (Job split, Job reduce) = await SubmitAsync(host);
        await host.AdvanceAsync(TimeSpan.FromSeconds(30));

        await host.KillLauncherAsync();
        await host.StartLauncherAsync();
        await host.RunUntilIdleAsync();

        await host.ExpectAllFinishedAsync();
        host.Expect(split).Ran(2);
        host.Expect(reduce).Ran(1);
        Assert.That(await host.Client.Jobs.WithApplication<Count>().CountAsync(), Is.EqualTo(1));
    }
}
