namespace Balsam.Core.Tests.Client;

/// <summary>What people write first: jobs where numbers are asked, conditions in the last call, mistakes with another store's jobs.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class UsageTests(StoreKind store)
{
    private ClientHarness _harness = null!;

    private BalsamClient Client => _harness.Client;

    [SetUp]
    public void SetUp() => _harness = new ClientHarness(store, new NodeSpec("n1", 4));

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    [Test]
    public async Task Job_WhereANumberIsAsked_StandsForIt()
    {
        Job job = await _harness.SubmitAsync();
        Job second = await _harness.SubmitAsync();
        Assert.That((await Client.GetHistoryAsync(job))[0].JobId, Is.EqualTo(job.Id));
        Assert.That((await Client.UpdateAsync(job, edit => edit.SetPriority(3))).Changed, Is.EqualTo(new[] { job.Id }));
        Assert.That((await Client.UpdateAsync([job, second], edit => edit.SetPriority(4))).Changed, Has.Count.EqualTo(2));
        Assert.That((await Client.Jobs.WithIds(job, second).ToListAsync()).Select(found => found.Priority), Is.EqualTo(new[] { 4, 4 }));
        Assert.That((await Client.Events.OfJob(second).ToListAsync()).Select(step => step.JobId), Has.All.EqualTo(second.Id));
        IReadOnlyList<Job> both = [job, second];
        Job child = await Client.SubmitAsync(new NewJob("Norm").After(both, DependencyCondition.Either));
        Assert.That(child.Parents.Select(edge => edge.Parent), Is.EqualTo(both.Select(parent => parent.Id)));
        Assert.That((await Client.CancelAsync(both, "enough")).Changed, Is.EqualTo(both.Select(parent => parent.Id)));
        Assert.That((await Client.RestartAsync(both)).Changed, Has.Count.EqualTo(2));
        Assert.That((await Client.DeleteAsync(both, DeleteScope.WithDescendants)).Changed, Has.Count.EqualTo(3));
        Assert.Throws<ArgumentNullException>(() => _ = (JobId)(Job)null!);
    }

    [Test]
    public async Task Read_WithAConditionOfItsOwn_IsTheSameAsWhere()
    {
        Job low = await Client.SubmitAsync(new NewJob("Norm").WithPriority(1).Tag("study", "a"));
        Job high = await Client.SubmitAsync(new NewJob("Norm").WithPriority(2));
        using (Assert.EnterMultipleScope())
        {
            // A plain evaluation of the same lambda would throw for the job that has no such tag.
            Assert.That(await Client.Jobs.CountAsync(job => job.Tags["study"] == "a"), Is.EqualTo(1));
            Assert.That((await Client.Jobs.FirstAsync(job => job.Priority > 1)).Id, Is.EqualTo(high.Id));
            Assert.That((await Client.Jobs.SingleAsync(job => job.Tags["study"] == "a")).Id, Is.EqualTo(low.Id));
            Assert.That(await Client.Jobs.FirstOrDefaultAsync(job => job.Tags["study"] == "b"), Is.Null);
            Assert.That(await Client.Jobs.SingleOrDefaultAsync(job => job.Priority > 5), Is.Null);
            Assert.That(await Client.Jobs.ExistsAsync(job => job.Failure!.Kind == FailureKind.Signal), Is.False);
        }
    }

    [Test]
    public async Task Query_WithOneNumber_MeansExactlyThat()
    {
        foreach (int priority in (int[])[1, 2, 3])
        {
            await Client.SubmitAsync(new NewJob("Norm").WithPriority(priority));
        }

        Assert.That(await Client.Jobs.WithPriority(2).CountAsync(), Is.EqualTo(1));
        Assert.That(await Client.Jobs.WithPriority(min: 2).CountAsync(), Is.EqualTo(2));
        Assert.That(await Client.Jobs.WithAttempts(0).CountAsync(), Is.EqualTo(3));
        Assert.That(await Client.Jobs.WithAttempts(min: 1).CountAsync(), Is.Zero);
    }

    [Test]
    public async Task Wait_ForMoreThanATimerCan_HasNoLimit()
    {
        Job job = await _harness.SubmitAsync();
        Task<Job> wait = Client.WaitAsync(job, TimeSpan.MaxValue);
        Task<IReadOnlyList<Job>> other = Client.WaitAsync([job], TimeSpan.FromDays(60));
        await Client.CancelAsync(job, "enough");
        Assert.That((await ClientHarness.Soon(wait)).State, Is.EqualTo(JobState.Failed));
        Assert.That(await ClientHarness.Soon(other), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Call_WithANullOrEmptyPart_IsRefused()
    {
        Job job = await _harness.SubmitAsync();
        Assert.Throws<ArgumentNullException>(() => Client.WaitAsync([job, null!]));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.UpdateAsync(job, edit => edit.Tag("", "v")));
    }

    [Test]
    public async Task Call_WithAnotherStoresJobOrQuery_IsRefusedNamingBoth()
    {
        await using var other = new ClientHarness(store);
        Job elsewhere = await other.SubmitAsync();
        await _harness.SubmitAsync();
        ArgumentException? refusal = Assert.Throws<ArgumentException>(() => Client.WaitAsync(elsewhere));
        Assert.That(refusal!.Message, Does.Contain(_harness.Store.Description).And.Contain(other.Store.Description));
        Assert.Throws<ArgumentException>(() => Client.ResultAsync<double>(elsewhere));
        Assert.Throws<ArgumentException>(() => Client.Events.OfJobs(other.Client.Jobs));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.AnalyzeAsync(other.Client.Jobs));
    }
}
