using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Dependencies
{
    [Test]
    public async Task Graph_AsOnThePage_Runs()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Step>().Services.AddSingleton(new Bug()));
        BalsamClient client = docs.Client;

        #region graph
        NewJob mesh = Step.NewJob("mesh", "mesh");
        NewJob[] runs = [.. Enumerable.Range(0, 3).Select(i => Step.NewJob($"run/{i}", $"run {i}").After(mesh))];
        NewJob collect = Step.NewJob("collect", "collect").After(runs);
        IReadOnlyList<Job> jobs = await client.SubmitAsync([mesh, .. runs, collect]);

        Job later = await client.SubmitAsync(Step.NewJob("later", "later").After(jobs[0]));
        #endregion

        Assert.That((await docs.Site.RunUntilIdleAsync()).AllFinished);
        Assert.That((await client.GetAsync(jobs[4].Id)).Parents, Has.Length.EqualTo(3));
        Assert.That((await client.GetAsync(later.Id)).Parents.Single().Parent, Is.EqualTo(jobs[0].Id));
    }

    [Test]
    public async Task Conditions_AsOnThePage_DecideWhatRuns()
    {
        var bug = new Bug();
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Step>().Services.AddSingleton(bug));
        BalsamClient client = docs.Client;

        #region conditions
        NewJob risky = Step.NewJob("risky", "fail");
        NewJob mourner = Step.NewJob("mourner", "only if it failed").After(risky, DependencyCondition.Failure);
        NewJob cleaner = Step.NewJob("cleaner", "always").After(risky, DependencyCondition.Either);
        NewJob patient = Step.NewJob("patient", "waits for a restart").After(risky, DependencyCondition.SuccessOrHold);
        #endregion

        NewJob strict = Step.NewJob("strict", "fails with it").After(risky);
        IReadOnlyList<Job> jobs = await client.SubmitAsync([risky, mourner, strict, cleaner, patient]);
        await docs.Site.RunUntilIdleAsync();

        #region failed
        Job child = await client.GetAsync(jobs[2].Id);
        Console.WriteLine($"{child.State.ToText()}: {child.Failure!.Message} (job {child.Failure.GuiltyAncestor})");
        #endregion

        JobState[] states = [.. (await client.Jobs.ToListAsync()).Select(job => job.State)];
        Assert.That(states, Is.EqualTo(new[] { JobState.Failed, JobState.JobFinished, JobState.Failed, JobState.JobFinished, JobState.AwaitingParents }));
        Assert.That(child.Failure.GuiltyAncestor, Is.EqualTo(jobs[0].Id));
        bug.IsMended = true;

        #region restart
        await client.RestartAsync(jobs[0].Id);
        #endregion

        await docs.Site.RunUntilIdleAsync();
        Assert.That((await client.CountByStateAsync())[JobState.JobFinished], Is.EqualTo(5));
    }

    private sealed class Bug
    {
        public bool IsMended { get; set; }
    }

    private sealed class Step(Bug bug) : FunctionApplication<string, string>
    {
        protected override Task<string> Run(string what, RunContext context, CancellationToken cancellationToken) =>
            what == "fail" && !bug.IsMended ? throw new InvalidOperationException("It is risky.") : Task.FromResult(what);
    }
}
