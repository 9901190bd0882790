using NUnit.Framework;

namespace Balsam.EndToEnd.Tests.Programs;

internal sealed class FuturesEndWithAReason : ProgramTest
{
    [Test]
    public async Task Wait_SomeSlowSomeFailedSomeHeld_EndsAsEachOfThemCan()
    {
        await using BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Square>().AddApplication<UntilTold>()
            .AddLauncher(options => options.Nodes.Add(new NodeSpec("n1", cores: 4))));
        BalsamClient client = site.Client;
        Job slow = await client.SubmitAsync(UntilTold.NewJob("slow", "x"));
        IReadOnlyList<Job> quick = await client.SubmitAsync([Square.NewJob("q/1", 5), Square.NewJob("q/2", -6), Square.NewJob("q/3", 7)]);

        Assert.That(await quick[0].ResultAsync<int>(), Is.EqualTo(25));
        JobFailedException failed = (await Assert.ThrowsAsync<JobFailedException>(async () => await quick[1].ResultAsync<int>()))!;
        Assert.That(failed.Message, Does.Contain("q/2").And.Contain("negative -6"));

        IReadOnlyList<Job> first = await client.WaitAsync([slow, .. quick], WaitFor.First);
        Assert.That(first.Select(j => j.Id), Does.Contain(quick[0].Id).And.Not.Contain(slow.Id));
        Assert.That((await client.WaitAsync([quick[2], quick[0]])).Select(j => j.Id), Is.EqualTo([quick[2].Id, quick[0].Id]));

        JobWaitTimeoutException late = (await Assert.ThrowsAsync<JobWaitTimeoutException>(async () => await client.WaitAsync([slow, .. quick], timeout: TimeSpan.FromMilliseconds(50))))!;
        Assert.That(late.Open.Single().Job.Id, Is.EqualTo(slow.Id));
        Assert.That((await client.GetAsync(slow.Id)).TryGetResult<string>(out _), Is.False);

        NewJob held = Square.NewJob("held", 1).After(quick[1], DependencyCondition.SuccessOrHold);
        IReadOnlyList<Job> chain = await client.SubmitAsync([held, Square.NewJob("below", 2).After(held)]);
        JobStuckException stuck = (await Assert.ThrowsAsync<JobStuckException>(async () => await chain[1].ResultAsync<int>()))!;
        Assert.That(stuck.Explanation.Outlook, Is.EqualTo(JobOutlook.NeedsUser));
        Assert.That(stuck.Message, Does.Contain($"job {quick[1].Id}").And.Contain("restart"));

        List<JobId> order = [];
        await foreach (Job done in client.WhenEachAsync([slow, quick[0], quick[1]]))
        {
            order.Add(done.Id);
            if (order.Count == 2)
            {
                await client.CancelAsync(slow.Id, "enough");
            }
        }

        Assert.That(order, Has.Count.EqualTo(3));
        Assert.That(order[^1], Is.EqualTo(slow.Id));
    }
}
