using System.Diagnostics;
using Balsam.Storage;

namespace Balsam.Launch.Tests.Engine;

/// <summary>Jobs that hooks and functions submit: stored with the outcome, below their job, or not at all.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class SubmittingTests(StoreKind store)
{
    private const int Many = 10_000;

    private static readonly string[] Places = Hooks.AndRun;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [TestCaseSource(nameof(Places))]
    public async Task Submit_FromEach_BecomesThePartOfTheSubtreeThatRunsAfterTheJob(string place)
    {
        await using EngineHarness engine = await StartAsync(place, (context, _) =>
        {
            NewJob first = context.Submit(Work.NewJob("child/1", "1").Tag("from", place));
            context.Submit([Work.NewJob("child/2", "2").After(first), Work.NewJob("child/3", "3").After(context.Job, DependencyCondition.Either)]);
            context.Data.Set("split", 3);
        });
        Job job = await engine.RunAsync(Hooks.NewHooked(place));
        await engine.IdleAsync();
        List<Job> children = await engine.Client.Jobs.UnderWorkdir("child/").ToListAsync();
        bool failed = place.StartsWith("Handle", StringComparison.Ordinal);
        Assert.That((job.State, job.Data.Get<int>("split")), Is.EqualTo((failed ? JobState.Failed : JobState.JobFinished, 3)));
        Assert.That(children.Select(child => (child.State, child.Site, child.GetResult<string>())), Is.EqualTo(new[]
        {
            (JobState.JobFinished, job.Site, "1"), (JobState.JobFinished, job.Site, "2"), (JobState.JobFinished, job.Site, "3"),
        }));
        Assert.That(children.Select(child => child.Parents.Single()), Is.EqualTo(new[]
        {
            new JobDependency(job.Id, failed ? DependencyCondition.Either : DependencyCondition.Success),
            new JobDependency(children[0].Id, DependencyCondition.Success),
            new JobDependency(job.Id, DependencyCondition.Either),
        }));
        Assert.That(children[0].Tags, Is.EqualTo(new Dictionary<string, string> { ["from"] = place }));
    }

    [TestCase("HandleError")]
    [TestCase("HandleTimeout")]
    public async Task Submit_FromAHandlerThatRestarts_RunsAfterTheSuccess(string place)
    {
        await using EngineHarness engine = await StartAsync(place, (context, _) => context.Submit(Work.NewJob("child", "1")), again: true);
        Job job = await engine.RunAsync(Hooks.NewHooked(place));
        await engine.IdleAsync();
        Job child = await engine.Client.Jobs.UnderWorkdir("child").SingleAsync();
        Assert.That((job.State, job.Attempt, child.State), Is.EqualTo((JobState.JobFinished, 2, JobState.JobFinished)));
        Assert.That(child.Parents.Single(), Is.EqualTo(new JobDependency(job.Id, DependencyCondition.Success)));
        Assert.That((await engine.ReachAsync(child, JobState.Ready)).Sequence, Is.GreaterThan((await engine.ReachAsync(job, JobState.JobFinished)).Sequence), "the child ran after the second attempt");
    }

    [TestCaseSource(nameof(Places))]
    public async Task Submit_ThenThrows_StoresNothing(string place)
    {
        await using EngineHarness engine = await StartAsync(place, (context, _) =>
        {
            context.Submit(Work.NewJob("child", "1"));
            context.Tags.Set("seen", "yes");
            throw new InvalidDataException("torn");
        });
        Job job = await engine.RunAsync(Hooks.NewHooked(place));
        Assert.That((job.State, job.Failure!.TypeName, job.Tags.Count), Is.EqualTo((JobState.Failed, typeof(InvalidDataException).FullName, 0)));
        Assert.That(await engine.Client.Jobs.CountAsync(), Is.EqualTo(1));
    }

    [TestCaseSource(typeof(Hooks), nameof(Hooks.Names))]
    public async Task Submit_ThenOverTheLimit_StoresNothing(string hook)
    {
        var time = new EngineTime();
        var gate = new Gate();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Time = time);
        Hooks.Lead(engine.Behaviour, hook);
        Hooks.Install(engine.Behaviour, hook, async (context, _) =>
        {
            context.Submit(Work.NewJob("child", "1"));
            await gate.PassAsync(default);
        });
        Job job = await engine.SubmitAsync(Hooks.NewHooked(hook));
        if (hook == "HandleTimeout")
        {
            await time.PassAsync(TimeSpan.FromSeconds(1));
        }

        await gate.ArrivalAsync();
        await time.PassAsync(Limit);
        Assert.That((await engine.EndAsync(job)).Failure!.Kind, Is.EqualTo(FailureKind.HookTimeout));
        gate.Open();
        await engine.IdleAsync();
        Assert.That(await engine.Client.Jobs.CountAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Submit_FromAFunctionThatItsTimeLimitEnded_StoresNothing()
    {
        await using EngineHarness engine = await StartAsync("Run", async (context, token) =>
        {
            context.Submit(Work.NewJob("child", "1"));
            await new Gate().PassAsync(token).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        Job job = await engine.SubmitAsync(Work.NewJob("x").WithResources(new JobResources { TimeLimit = TimeSpan.FromSeconds(1) }));
        await engine.ReachAsync(job, JobState.RunTimeout);
        await engine.Client.CancelAsync(job.Id, "enough");
        await engine.IdleAsync();
        Assert.That(await engine.Client.Jobs.CountAsync(), Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Places))]
    public async Task Submit_ThenTheJobIsCancelled_StoresNothing(string place)
    {
        var gate = new Gate();
        await using EngineHarness engine = await StartAsync(place, async (context, _) =>
        {
            context.Submit(Work.NewJob("child", "1"));
            await gate.PassAsync(default);
        });
        Job job = await engine.SubmitAsync(Hooks.NewHooked(place));
        await gate.ArrivalAsync();
        await engine.Client.CancelAsync(job.Id, "enough");
        gate.Open();
        await engine.IdleAsync();
        Assert.That(((await engine.GetAsync(job)).Failure!.Kind, await engine.Client.Jobs.CountAsync()), Is.EqualTo((FailureKind.Cancelled, 1)));
    }

    [TestCaseSource(nameof(Places))]
    public async Task Submit_ThenTheLauncherStops_IsSubmittedOnceByTheNext(string place)
    {
        var gate = new Gate();
        int calls = 0;
        await using EngineHarness engine = await StartAsync(place, async (context, token) =>
        {
            context.Submit(Work.NewJob("child", "1"));
            await (++calls == 1 ? gate.PassAsync(token) : Task.CompletedTask);
        });
        Job job = await engine.SubmitAsync(Hooks.NewHooked(place));
        await gate.ArrivalAsync();
        await engine.RestartAsync();
        await engine.EndAsync(job);
        await engine.IdleAsync();
        Assert.That((calls, await engine.Client.Jobs.UnderWorkdir("child").CountAsync()), Is.EqualTo((2, 1)));
    }

    [TestCaseSource(nameof(Places))]
    public async Task Submit_JobEditedMeanwhile_IsStoredOnceAndBothEditsStay(string place)
    {
        var gate = new Gate();
        await using EngineHarness engine = await StartAsync(place, async (context, token) =>
        {
            context.Submit([Work.NewJob("child/1", "1"), Work.NewJob("child/2", "2")]);
            context.Data.Set("mine", 1);
            context.Data.Remove("old");
            context.Tags.Set("mine", "hook");
            context.Tags.Remove("old");
            await gate.PassAsync(token);
        });
        Job job = await engine.SubmitAsync(Hooks.NewHooked(place).Tag("old", "1").Tag("both", "0").WithData("old", true));
        await gate.ArrivalAsync();
        JobChange edit = new JobChange(await engine.GetAsync(job)).Edit(
            fields => fields with { Priority = 9, Tags = new Dictionary<string, string>(fields.Tags) { ["both"] = "user", ["theirs"] = "user" }, Data = fields.Data.With("theirs", 2) }, TimeProvider.System.GetUtcNow());
        Assert.That((await engine.Store.CommitAsync([new JobCommit { Changes = [edit] }], default)).Single().Refusal, Is.Null);
        gate.Open();
        Job ended = await engine.EndAsync(job);
        await engine.IdleAsync();
        Assert.That(await engine.Client.Jobs.UnderWorkdir("child/").CountAsync(), Is.EqualTo(2));
        Assert.That(ended.Priority, Is.EqualTo(9));
        Assert.That(ended.Tags, Is.EquivalentTo(new Dictionary<string, string> { ["mine"] = "hook", ["both"] = "user", ["theirs"] = "user" }));
        Assert.That(ended.Data, Is.EqualTo(JobData.Parse("""{"theirs":2,"mine":1}""")));
    }

    [TestCaseSource(nameof(Places))]
    public async Task Submit_WriteThatFailsAfterItWasDone_IsStoredOnce(string place)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.FaultyStore = true);
        Hooks.Lead(engine.Behaviour, place);
        bool submitted = false;
        Hooks.Install(engine.Behaviour, place, (context, _) =>
        {
            context.Submit(Work.NewJob("child", "1"));
            submitted = true;
            return Task.CompletedTask;
        });
        int failures = 0;
        engine.Faults.AfterLauncherCommit = () =>
        {
            if (submitted && failures++ == 0)
            {
                throw new StoreException(StoreErrorKind.Unavailable, "the answer was lost");
            }
        };
        Job job = await engine.SubmitAsync(Hooks.NewHooked(place));
        await engine.EndAsync(job);
        await engine.IdleAsync();
        Assert.That((failures > 1, await engine.Client.Jobs.UnderWorkdir("child").CountAsync()), Is.EqualTo((true, 1)));
    }

    [TestCaseSource(nameof(Places))]
    public async Task Submit_BadJobs_FailTheJobAndNameEveryProblem(string place)
    {
        await using EngineHarness engine = await StartAsync(place, (context, _) =>
        {
            context.Submit(Work.NewJob("fine", "1"));
            context.Submit(Enumerable.Range(1, 30).Select(i => new NewJob("Unknown", $"child/{i}")));
            context.Submit(new NewJob("Exec", "../out").After(new JobId(777)));
        });
        Job job = await engine.RunAsync(Hooks.NewHooked(place));
        Assert.That((job.State, job.Failure!.Kind), Is.EqualTo((JobState.Failed, place == "Run" ? FailureKind.Exception : FailureKind.HookException)));
        Assert.That(job.Failure.TypeName, Is.EqualTo(typeof(SubmitRefusedException).FullName));
        Assert.That(job.Failure.Message, Does.StartWith(place == "Run" ? "Nothing was submitted: 34 problems." : $"{place}: Nothing was submitted: 34 problems."));
        Assert.That(job.Failure.Message.Split('\n'), Has.Length.EqualTo(35).And.Some.Contains("[30] Unknown in child/30: the application is not registered").And.Some.Contains("its parent, job 777, is not in the store"));
        Assert.That(await engine.Client.Jobs.CountAsync(), Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Places))]
    public async Task Submit_ParentDeletedBeforeTheWrite_FailsTheJob(string place)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.FaultyStore = true);
        Job other = await engine.RunAsync(Work.NewJob("other", "1"));
        Hooks.Lead(engine.Behaviour, place);
        bool submitted = false;
        Hooks.Install(engine.Behaviour, place, (context, _) =>
        {
            context.Submit(Work.NewJob("child", "1").After(other));
            submitted = true;
            return Task.CompletedTask;
        });
        engine.Faults.BeforeLauncherCommit = async () => await (submitted ? engine.Client.DeleteAsync(other.Id) : Task.FromResult<ChangeReport?>(null)!);
        Job job = await engine.RunAsync(Hooks.NewHooked(place));
        Assert.That((job.State, job.Failure!.TypeName), Is.EqualTo((JobState.Failed, typeof(JobNotFoundException).FullName)));
        Assert.That(await engine.Client.Jobs.CountAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Submit_SameWorkdirInTwoCalls_IsRefusedAsOneSubmit()
    {
        await using EngineHarness engine = await StartAsync("Postprocess", (context, _) =>
        {
            context.Submit(Work.NewJob("child", "1"));
            context.Submit(Work.NewJob("child", "2"));
        });
        Assert.That((await engine.RunAsync(Hooks.NewHooked("Postprocess"))).Failure!.Message, Does.Contain("the workdir 'child' is [0]'s already"));
    }

    [Test]
    public async Task Submit_InAnotherSite_BelongsToThat()
    {
        await using EngineHarness engine = await StartAsync("Postprocess", (context, _) => context.Submit([Work.NewJob("here", "1"), Work.NewJob("there", "2").InSite("theta")]));
        await engine.RunAsync(Hooks.NewHooked("Postprocess"));
        await engine.IdleAsync();
        Assert.That((await engine.Client.Jobs.WithApplication<Work>().ToListAsync()).Select(job => (job.Site.Value, job.State)), Is.EqualTo(new[] { ("local", JobState.JobFinished), ("theta", JobState.StagedIn) }));
    }

    [Test]
    public async Task Submit_TenThousandFromOneHook_AreStoredAndAllWaitedFor()
    {
        var gate = new Gate();
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Run = (input, _, token) => Task.FromResult(input);
        engine.Behaviour.Preprocess = async (context, token) =>
        {
            await (context.Job.Workdir == "gate" ? gate.PassAsync(token) : Task.CompletedTask);
            return PreprocessOutcome.Ready;
        };
        Job held = await engine.SubmitAsync(Hooked.NewJob("gate", "gate"));
        await gate.ArrivalAsync();
        var clock = new Stopwatch();
        engine.Behaviour.Postprocess = async (context, token) =>
        {
            if (context.Workdir.EndsWith("split", StringComparison.Ordinal))
            {
                Job reducer = (await context.GetChildrenAsync(token)).Single();
                NewJob[] mappers = [.. Enumerable.Range(0, Many).Select(i => Work.NewJob($"map/{i}", $"{i}").After(held))];
                context.Submit(mappers);
                context.AddParents(reducer.Id, mappers);
                clock.Start();
            }

            return PostprocessOutcome.Done;
        };
        NewJob split = Hooked.NewJob("split", "split");
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(split, Work.NewJob("reduce", "r").After(split));
        await engine.EndAsync(jobs[0]);
        TestContext.Out.WriteLine($"{store}: {Many} jobs that one hook submitted, and a job that waits for all of them: checked and stored in {clock.ElapsedMilliseconds} ms");
        Job reducer = await engine.GetAsync(jobs[1]);
        Assert.That((reducer.State, reducer.Parents.Length), Is.EqualTo((JobState.AwaitingParents, Many + 1)));
        Assert.That(await engine.Client.Jobs.UnderWorkdir("map/").InState(JobState.AwaitingParents).CountAsync(), Is.EqualTo(Many));
        await engine.Client.CancelAsync(held.Id, "enough");
        gate.Open();
        await engine.EndAsync(reducer);
        Assert.That(await engine.Client.Jobs.InState(JobState.Failed).CountAsync(), Is.EqualTo(Many + 2), "the failure of what all of them wait for reaches the last");
    }

    private Task<EngineHarness> StartAsync(string place, Action<ApplicationContext, CancellationToken> action, bool again = false) => StartAsync(
        place,
        (context, token) =>
        {
            action(context, token);
            return Task.CompletedTask;
        },
        again);

    private async Task<EngineHarness> StartAsync(string place, Func<ApplicationContext, CancellationToken, Task> action, bool again = false)
    {
        EngineHarness engine = await EngineHarness.StartAsync(store);
        Hooks.Lead(engine.Behaviour, place);
        Hooks.Install(engine.Behaviour, place, action, again);
        return engine;
    }
}
