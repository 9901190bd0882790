namespace Balsam.Launch.Tests.Engine;

/// <summary>Applications that were renamed, and what the store knows of applications.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class RenameTests(StoreKind store)
{
    [Test]
    public async Task Start_ClassWasRenamed_RunsJobsStoredUnderTheOldName()
    {
        EngineSetup setup = null!;
        await using EngineHarness engine = await EngineHarness.StartAsync(store, each =>
        {
            setup = each;
            each.Applications = balsam => balsam.AddApplication<Before>();
            each.Options = options => options.Filter = new IdFilter([]);
        });
        Job old = await engine.SubmitAsync(Before.NewJob("words"));
        setup.Applications = balsam => balsam.AddApplication<After>();
        setup.Options = _ => { };

        await engine.RestartAsync();

        Job ended = await engine.EndAsync(old);
        Assert.That((ended.State, ended.Application.Value, ended.GetResult<string>()), Is.EqualTo((JobState.JobFinished, nameof(Before), "words!")));
        Assert.That(engine.Behaviour.Diary, Is.EqualTo(new[] { "postprocess" }), "the hooks of the class that has the name now");
        Assert.That((await engine.Client.Applications.ListAsync()).Select(application => application.Name.Value), Is.EqualTo(new[] { nameof(After) }));
    }

    [Test]
    public async Task Submit_UnderAFormerName_IsStoredUnderThePresentOne()
    {
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.RunAsync(new NewJob(nameof(Before)).WithParameters("words"));
        Assert.That((job.State, job.Application.Value), Is.EqualTo((JobState.JobFinished, nameof(After))));
    }

    [Test]
    public async Task Query_ByTheClass_FindsJobsOfEveryName()
    {
        await using EngineHarness engine = await StartAsync();
        Job now = await engine.RunAsync(After.NewJob("new"));
        Job before = (await engine.Store.CommitAsync([new() { Additions = [new() { Application = nameof(Before), Site = SiteName.Local, Parameters = JobData.From("old") }] }], default))[0].Added[0];
        await engine.RunAsync(Work.NewJob("other"));
        await engine.EndAsync(before);
        Assert.That((await engine.Client.Jobs.WithApplication<After>().ToListAsync()).Select(job => job.Id), Is.EqualTo(new[] { now.Id, before.Id }));
        Assert.That((await engine.Client.Jobs.Where(job => job.Application.Is<After>()).ToListAsync()).Select(job => job.Id), Is.EqualTo(new[] { now.Id, before.Id }));
        Assert.That((await engine.Client.Jobs.Where(job => !job.Application.Is<After>()).ToListAsync()).Select(job => job.Application.Value), Is.EqualTo(new[] { nameof(Work) }));
        Assert.That((await engine.Client.Jobs.WithApplication(nameof(Before)).ToListAsync()).Select(job => job.Id), Is.EqualTo(new[] { before.Id }));
    }

    [Test]
    public async Task Start_Session_TakesFormerNamesToo()
    {
        await using EngineHarness engine = await StartAsync();
        Assert.That((await engine.Store.ListSessionsAsync(default))[0].Request.Applications.Select(name => name.Value), Is.EqualTo(new[] { nameof(After), nameof(Before), nameof(Work) }));
    }

    [Test]
    public async Task Start_Applications_AreRecordedOnce()
    {
        await using EngineHarness engine = await StartAsync();
        IReadOnlyList<ApplicationRecord> first = await engine.Client.Applications.ListAsync();
        Assert.That(first.Select(application => application.Name.Value), Is.EqualTo(new[] { nameof(After), nameof(Work) }));
        Assert.That(first[0].ClassName, Is.EqualTo(typeof(After).FullName));
        Assert.That(first[0].FormerNames, Is.EqualTo(new ApplicationName[] { nameof(Before) }));
        Assert.That(first[0].Command, Is.Null);
        await engine.RestartAsync();
        await engine.RunAsync(After.NewJob("x"));
        Assert.That(await engine.Client.Applications.ListAsync(), Is.EqualTo(first));
    }

    private Task<EngineHarness> StartAsync() => EngineHarness.StartAsync(store, setup => setup.Applications = balsam => balsam.AddApplication<After>().AddApplication<Work>());

    private sealed class Before : FunctionApplication<string, string>
    {
        protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("the class is gone");
    }

    [FormerNames(nameof(Before))]
    private sealed class After(Behaviour behaviour) : FunctionApplication<string, string>
    {
        protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input + "!");

        protected override Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            behaviour.Note("postprocess");
            return Task.FromResult(PostprocessOutcome.Done);
        }
    }
}
