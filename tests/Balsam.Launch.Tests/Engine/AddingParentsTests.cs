namespace Balsam.Launch.Tests.Engine;

/// <summary>Parents that hooks and functions give to jobs that wait; and what they see of their family.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class AddingParentsTests(StoreKind store)
{
    private static readonly string[] Places = Hooks.AndRun;

    [TestCaseSource(nameof(Places))]
    public async Task AddParents_MappersFoundAtRunTime_TheReducerWaitsForAllAndReadsTheirResults(string place)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(
            store, setup => setup.Applications = balsam => balsam.AddApplication<Hooked>().AddApplication<Work>().AddApplication<Reduce>());
        Hooks.Lead(engine.Behaviour, place);
        Hooks.Install(
            engine.Behaviour,
            place,
            async (context, token) =>
            {
                if (context.Attempt > 1)
                {
                    return;
                }

                Job reducer = (await context.GetChildrenAsync(token)).Single();
                NewJob[] mappers = [.. Enumerable.Range(1, 5).Select(i => Work.NewJob($"map/{i}", $"{i}").After(context.Job))];
                context.AddParents(reducer.Id, mappers);
                context.Submit(mappers);
            },
            again: true);
        NewJob splitter = Hooks.NewHooked(place);
        NewJob reduce = Reduce.NewJob("reduce", 0).After(splitter);
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(splitter, reduce);
        Job reduced = await engine.EndAsync(jobs[1]);
        Assert.That(reduced.GetResult<string[]>(), Is.EqualTo(
            Enumerable.Range(1, 5).Select(i => $"{reduced.Parents[i].Parent} Success map/{i}: {i}").Prepend($"{jobs[0].Id} Success Hooked/{jobs[0].Id}: x")));
    }

    [TestCaseSource(nameof(Places))]
    public async Task AddParents_ChildThatDoesNotWait_FailsTheJobAndStoresNothing(string place)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        Job finished = await engine.RunAsync(Work.NewJob("done", "done"));
        Hooks.Lead(engine.Behaviour, place);
        Hooks.Install(engine.Behaviour, place, (context, _) =>
        {
            context.AddParents(finished.Id, [context.Submit(Work.NewJob("child", "1"))]);
            return Task.CompletedTask;
        });
        Job job = await engine.RunAsync(Hooks.NewHooked(place));
        await engine.IdleAsync();
        string message = $"Job {finished.Id} (Work in done) cannot be given parents: it is JOB_FINISHED; only a job that is AWAITING_PARENTS can.";
        Assert.That((job.State, job.Failure!.TypeName), Is.EqualTo((JobState.Failed, typeof(AddParentsRefusedException).FullName)));
        Assert.That((job.Failure.Kind, job.Failure.Message), Is.EqualTo(place == "Run" ? (FailureKind.Exception, message) : (FailureKind.HookException, $"{place}: {message}")));
        Assert.That(await engine.Client.Jobs.CountAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task AddParents_ChildThatIsCancelledMeanwhile_FailsTheJob()
    {
        var gate = new Gate();
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Postprocess = async (context, token) =>
        {
            Job waiting = (await context.GetChildrenAsync(token)).Single();
            context.AddParents(waiting.Id, [context.Submit(Work.NewJob("child", "1"))]);
            await gate.PassAsync(token);
            return PostprocessOutcome.Done;
        };
        NewJob parent = Hooked.NewJob("x");
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, Work.NewJob("waiting", "w").After(parent));
        await gate.ArrivalAsync();
        await engine.Client.CancelAsync(jobs[1].Id, "enough");
        gate.Open();
        Assert.That((await engine.EndAsync(jobs[0])).Failure!.Message, Does.StartWith("Postprocess: Job 2 (Work in waiting) cannot be given parents: it is FAILED"));
        Assert.That(await engine.Client.Jobs.CountAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task AddParents_Circle_FailsTheJob()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Preprocess = async (context, token) =>
        {
            Job waiting = (await context.GetChildrenAsync(token)).Single();
            context.AddParents(waiting.Id, [context.Submit(Work.NewJob("child", "1").After(waiting))]);
            return PreprocessOutcome.Ready;
        };
        NewJob parent = Hooked.NewJob("x");
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, Work.NewJob("waiting", "w").After(parent));
        Assert.That(
            (await engine.EndAsync(jobs[0])).Failure!.Message,
            Is.EqualTo("Preprocess: Job 2 cannot be given these parents, they would wait for each other: job 2 after the new Work in child after job 2."));
    }

    [Test]
    public async Task AddParents_NotSubmitted_FailsTheJob()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Postprocess = (context, _) =>
        {
            context.AddParents(new JobId(2), [Work.NewJob("child", "1")]);
            return Task.FromResult(PostprocessOutcome.Done);
        };
        NewJob parent = Hooked.NewJob("x");
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, Work.NewJob("waiting", "w").After(parent));
        Assert.That((await engine.EndAsync(jobs[0])).Failure!.Message, Is.EqualTo("Postprocess: Job 2 is to wait for Work in child, which was not submitted. Pass it to Submit as well."));
    }

    [Test]
    public async Task AddParents_StoredOne_IsWaitedFor()
    {
        var gate = new Gate();
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Run = async (input, _, token) =>
        {
            await (input == "slow" ? gate.PassAsync(token) : Task.CompletedTask);
            return input;
        };
        Job slow = await engine.SubmitAsync(Work.NewJob("slow", "slow"));
        engine.Behaviour.Postprocess = async (context, token) =>
        {
            context.AddParents((await context.GetChildrenAsync(token)).Single().Id, [slow.Id], DependencyCondition.Either);
            return PostprocessOutcome.Done;
        };
        NewJob parent = Hooked.NewJob("x");
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, Work.NewJob("waiting", "w").After(parent));
        await engine.EndAsync(jobs[0]);
        Assert.That((await engine.GetAsync(jobs[1])).State, Is.EqualTo(JobState.AwaitingParents));
        gate.Open();
        Assert.That((await engine.EndAsync(jobs[1])).State, Is.EqualTo(JobState.JobFinished));
    }

    [TestCaseSource(nameof(Places))]
    public async Task GetParents_InEach_GivesConditionStateDataWorkdirAndResult(string place)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        IReadOnlyList<Job> parents = await engine.SubmitAsync(Work.NewJob("good", "17").WithData("energy", -1.5), Exec.NewJob("bad", ("program", "false"), ("arguments", "")), Work.NewJob("gone", "0"));
        foreach (Job parent in parents)
        {
            await engine.EndAsync(parent);
        }

        Hooks.Lead(engine.Behaviour, place);
        IReadOnlyList<ParentJob> seen = [];
        Hooks.Install(engine.Behaviour, place, async (context, token) => seen = await context.GetParentsAsync(token));
        Job job = await engine.SubmitAsync(Hooks.NewHooked(place).After(parents[2]).After(parents[1], DependencyCondition.Either).After(parents[0]));
        await engine.EndAsync(job);
        Assert.That(seen.Select(parent => (parent.Id, parent.Condition, parent.State, parent.Workdir)), Is.EqualTo(new[]
        {
            (parents[2].Id, DependencyCondition.Success, JobState.JobFinished, engine.WorkdirOf(parents[2])),
            (parents[1].Id, DependencyCondition.Either, JobState.Failed, engine.WorkdirOf(parents[1])),
            (parents[0].Id, DependencyCondition.Success, JobState.JobFinished, engine.WorkdirOf(parents[0])),
        }));
        Assert.That((seen[2].GetResult<string>(), seen[2].Data.Get<double>("energy")), Is.EqualTo(("17", -1.5)));
        Assert.That(() => seen[1].GetResult<string>(), Throws.TypeOf<JobFailedException>());
    }

    [Test]
    public async Task GetParents_OneWasDeleted_GivesTheOthers()
    {
        var gate = new Gate();
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        IReadOnlyList<ParentJob> seen = [];
        engine.Behaviour.Postprocess = async (context, token) =>
        {
            await gate.PassAsync(token);
            seen = await context.GetParentsAsync(token);
            return PostprocessOutcome.Done;
        };
        NewJob[] parents = [Work.NewJob("a", "a"), Work.NewJob("b", "b")];
        IReadOnlyList<Job> jobs = await engine.SubmitAsync([.. parents, Hooked.NewJob("x").After(parents)]);
        await gate.ArrivalAsync();
        await engine.Client.DeleteAsync(jobs[0].Id);
        gate.Open();
        await engine.EndAsync(jobs[2]);
        Assert.That(seen.Select(parent => parent.Id), Is.EqualTo(new[] { jobs[1].Id }));
    }

    /// <summary>Writes down what it sees of its parents.</summary>
    internal sealed class Reduce : FunctionApplication<int, string[]>
    {
        protected override async Task<string[]> Run(int input, RunContext context, CancellationToken cancellationToken) =>
            [.. (await context.GetParentsAsync(cancellationToken)).Select(parent => $"{parent.Id} {parent.Condition} {parent.Job.Workdir}: {parent.GetResult<string>()}")];
    }
}
