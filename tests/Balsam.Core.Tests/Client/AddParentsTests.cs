namespace Balsam.Core.Tests.Client;

/// <summary>Parents that a program gives to jobs that wait.</summary>
public sealed class AddParentsTests
{
    private ClientHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new ClientHarness();

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    [Test]
    public async Task AddParents_YoungerJobs_AreWaitedFor()
    {
        Job first = await _harness.SubmitAsync();
        Job child = await _harness.SubmitAsync(null, first.Id);
        Job second = await _harness.SubmitAsync();
        Job third = await _harness.SubmitAsync();
        Job waiting = await _harness.Client.AddParentsAsync(child.Id, [second.Id, third.Id], DependencyCondition.Either);
        Assert.That(waiting.Parents, Is.EqualTo(new[]
        {
            new JobDependency(first.Id, DependencyCondition.Success), new JobDependency(second.Id, DependencyCondition.Either), new JobDependency(third.Id, DependencyCondition.Either),
        }));
        await _harness.FinishAsync(first);
        await _harness.FinishAsync(second);
        Assert.That((await _harness.Client.GetAsync(child.Id)).State, Is.EqualTo(JobState.AwaitingParents));
        await _harness.FailAsync(third);
        Assert.That((await _harness.Client.GetAsync(child.Id)).State, Is.EqualTo(JobState.StagedIn));
    }

    [Test]
    public async Task AddParents_RestartAndCancelOfAGraphWithAYoungerParent_ReachEveryJob()
    {
        Job first = await _harness.SubmitAsync();
        Job child = await _harness.SubmitAsync(null, first.Id);
        Job younger = await _harness.SubmitAsync();
        await _harness.Client.AddParentsAsync(child.Id, [younger.Id]);
        await _harness.FailAsync(younger);
        Assert.That((await _harness.Client.GetAsync(child.Id)).Failure!.GuiltyAncestor, Is.EqualTo(younger.Id));
        ChangeReport restarted = await _harness.Client.RestartAsync([child.Id, younger.Id]);
        Assert.That(restarted.Unchanged, Is.Empty);
        Assert.That((await _harness.Client.GetAsync(child.Id)).State, Is.EqualTo(JobState.AwaitingParents));
        ChangeReport cancelled = await _harness.Client.CancelAsync([child.Id, younger.Id], "enough");
        Assert.That(cancelled.Changed, Is.EquivalentTo(new[] { child.Id, younger.Id }));
    }

    [Test]
    public async Task AddParents_NoneAtAll_ChangesNothing()
    {
        Job first = await _harness.SubmitAsync();
        Job child = await _harness.SubmitAsync(null, first.Id);
        Assert.That((await _harness.Client.AddParentsAsync(child.Id, [])).Version, Is.EqualTo(child.Version));
    }

    [Test]
    public async Task AddParents_WhatCannotBe_IsRefusedWithChildKindAndReason()
    {
        Job first = await _harness.SubmitAsync("first");
        Job child = await _harness.SubmitAsync("child", first.Id);
        Job grandchild = await _harness.SubmitAsync("grandchild", child.Id);
        (JobId Child, JobId Parent, AddParentsProblemKind Kind, string Message)[] cases =
        [
            (new JobId(77), first.Id, AddParentsProblemKind.ChildNotFound, "Job 77 cannot be given parents: there is no such job."),
            (first.Id, child.Id, AddParentsProblemKind.ChildNotWaiting, "Job 1 (Norm in first) cannot be given parents: it is STAGED_IN; only a job that is AWAITING_PARENTS can."),
            (child.Id, new JobId(77), AddParentsProblemKind.ParentNotFound, "Job 2 cannot wait for job 77: there is no such job."),
            (child.Id, grandchild.Id, AddParentsProblemKind.Cycle, "Job 2 cannot be given these parents, they would wait for each other: job 2 after job 3 after job 2."),
            (child.Id, child.Id, AddParentsProblemKind.Cycle, "Job 2 cannot be given these parents, they would wait for each other: job 2 after job 2."),
        ];
        foreach ((JobId wait, JobId parent, AddParentsProblemKind kind, string message) in cases)
        {
            AddParentsRefusedException? refused = await Assert.ThrowsAsync<AddParentsRefusedException>(() => _harness.Client.AddParentsAsync(wait, [parent]));
            Assert.That((refused!.Child, refused.Kind, refused.Message), Is.EqualTo((wait, kind, message)));
        }
    }
}
