namespace Balsam.Testing.Tests;

[TestFixture]
public sealed class TestHostSeedTests
{
    [Test]
    public async Task RunUntilIdle_SameSeedTwentyTimes_SameEventsByteForByte()
    {
        string first = await SeededCampaign.RunAsync(7);
        Assert.That(first.Count(character => character == '\n'), Is.GreaterThan(300 * 7));
        for (int i = 1; i < 20; i++)
        {
            Assert.That(await SeededCampaign.RunAsync(7), Is.EqualTo(first), $"run {i + 1}");
        }
    }

    [Test]
    public async Task RunUntilIdle_OtherSeeds_OtherEvents()
    {
        string[] streams = [await SeededCampaign.RunAsync(7), await SeededCampaign.RunAsync(8), await SeededCampaign.RunAsync(9)];
        Assert.That(streams, Is.Unique);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task RunUntilIdle_SimultaneousEnds_TheirOrderHangsOnTheSeed(int seed)
    {
        string one = await OrderOfEndsAsync(seed);
        Assert.That(await OrderOfEndsAsync(seed), Is.EqualTo(one));
        Assert.That(await OrderOfEndsAsync(seed + 100), Is.Not.EqualTo(one));
    }

    private static async Task<string> OrderOfEndsAsync(int seed)
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Plain>(), options =>
        {
            options.Seed = seed;
            options.Nodes.Add(new NodeSpec("node", cores: 16));
        });
        host.Runs().Take(TimeSpan.FromMinutes(1));
        await host.Client.SubmitAsync(Enumerable.Range(0, 16).Select(i => Plain.Job($"job-{i}")));
        await host.RunUntilIdleAsync();
        return string.Join(' ', (await host.Client.Events.To(JobState.RunDone).ToListAsync()).Select(step => step.JobId));
    }
}
