using NUnit.Framework;

namespace Balsam.EndToEnd.Tests.Programs;

internal sealed class BulkChangesLeaveRunningJobsAlone : ProgramTest
{
    [Test]
    public async Task UpdateCancelDelete_OneRunsAndOthersWait_SaysOfEachWhatBecameOfIt()
    {
        await using BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Square>().AddApplication<UntilTold>()
            .AddLauncher(options => options.Nodes.Add(new NodeSpec("n1", cores: 1))));
        BalsamClient client = site.Client;
        Job running = await client.SubmitAsync(UntilTold.NewJob("running", "x").Tag("study", "a"));
        await foreach (JobEvent _ in client.Events.OfJob(running.Id).To(JobState.Running).WatchAsync(from: 0))
        {
            break;
        }

        Job waiting = await client.SubmitAsync(Square.NewJob("waiting", 3).Tag("study", "a"));
        Job child = await client.SubmitAsync(Square.NewJob("child", 4).After(running).Tag("study", "a"));

        ChangeReport updated = await client.Jobs.WithTag("study", "a").UpdateAsync(edit => edit.Tag("study", "b").SetPriority(7).SetData("note", "seen"));
        Assert.That(updated.Changed, Is.EquivalentTo([waiting.Id, child.Id]));
        Assert.That(updated.Unchanged[running.Id].Why, Is.EqualTo(WhyUnchanged.Running));
        Assert.That(await client.Jobs.Where(j => j.Tags["study"] == "b" && j.Priority == 7 && j.Data.Get<string>("note") == "seen").CountAsync(), Is.EqualTo(2));

        ChangeReport restarted = await client.Jobs.RestartAsync();
        Assert.That(restarted.Changed, Is.Empty);
        Assert.That(restarted.Unchanged.Values.Select(u => u.Why), Is.All.EqualTo(WhyUnchanged.IllegalState));

        ChangeReport cancelled = await client.Jobs.InState(JobState.Running).CancelAsync("wrong mesh");
        Assert.That(cancelled.Changed, Does.Contain(running.Id));
        FailureDetails failure = (await client.WaitAsync(running)).Failure!;
        Assert.That((failure.Kind, failure.Message), Is.EqualTo((FailureKind.Cancelled, "wrong mesh")));
        Assert.That((await client.WaitAsync(child)).Failure!.GuiltyAncestor, Is.EqualTo(running.Id));
        Assert.That(await waiting.ResultAsync<int>(), Is.EqualTo(9));
    }

    [Test]
    public async Task Delete_ChildrenStillNeedIt_IsRefusedOrCascades()
    {
        await using BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Square>());
        BalsamClient client = site.Client;
        NewJob a = Square.NewJob("chain/a", 1).InSite("nobody");
        NewJob b = Square.NewJob("chain/b", 2).InSite("nobody").After(a);
        NewJob c = Square.NewJob("chain/c", 3).InSite("nobody").After(b);
        IReadOnlyList<Job> chain = await client.SubmitAsync([c, b, a]);

        ChangeReport refused = await client.DeleteAsync(chain[2].Id);
        Assert.That(refused.Unchanged[chain[2].Id].Why, Is.EqualTo(WhyUnchanged.NeededByChild));
        Assert.That(refused.Unchanged[chain[2].Id].Message, Does.Contain($"job {chain[1].Id}"));

        ChangeReport half = await client.DeleteAsync([chain[2].Id, chain[1].Id]);
        Assert.That(half.Unchanged.Keys, Is.EquivalentTo([chain[1].Id, chain[2].Id]));
        Assert.That(await client.Jobs.UnderWorkdir("chain").CountAsync(), Is.EqualTo(3));

        ChangeReport cascade = await client.Jobs.WithIds(chain[2].Id).DeleteAsync(DeleteScope.WithDescendants);
        Assert.That(cascade.Changed, Is.EquivalentTo(chain.Select(j => j.Id)));
        Assert.That(await client.Jobs.ExistsAsync(), Is.False);
    }
}
