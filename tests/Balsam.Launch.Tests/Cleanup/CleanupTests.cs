using Balsam.Launch.Cleanup;
using Balsam.Launch.Tests.Engine;
using Balsam.Launch.Tests.Staging;
using Balsam.Storage;

namespace Balsam.Launch.Tests.Cleanup;

/// <summary>Clean-up by a launcher that runs.</summary>
[Platform("Linux")]
public sealed class CleanupTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // How long a stop waits for a batch: nobody else sets a timer of this length.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);

    [TestCase(StoreKind.InMemory)]
    [TestCase(StoreKind.LiteDb)]
    public async Task Cleanup_OfFinishedJobs_RemovesWhatTheyDeclareOnce(StoreKind store)
    {
        await using EngineHarness engine = await StartAsync(store);
        Job done = await engine.RunAsync(JobAt("x", "done"));
        Job failed = await engine.RunAsync(JobAt("fail", "failed"));
        Job plain = await engine.RunAsync(Work.NewJob("x"));
        Assert.That((done.IsCleanupPending, failed.State, failed.IsCleanupPending), Is.EqualTo((true, JobState.Failed, false)));
        Assert.That((plain.State, plain.IsCleanupPending), Is.EqualTo((JobState.JobFinished, false)), "its application declares nothing to remove");
        Assert.That(Files(engine, done), Is.EqualTo(new[] { "a.tmp", "result.dat" }));

        await engine.Time.PassAsync(Interval);
        Job cleaned = await CleanedAsync(engine, done);
        Assert.That(Files(engine, cleaned), Is.EqualTo(new[] { "result.dat" }));
        Assert.That(Files(engine, failed), Is.EqualTo(new[] { "a.tmp", "result.dat" }));
        Assert.That((cleaned.State, cleaned.IsCleanupPending), Is.EqualTo((JobState.JobFinished, false)));

        await File.WriteAllTextAsync(Path.Combine(engine.WorkdirOf(done), "late.tmp"), "mine");
        Assert.That(await engine.Launcher.CleanUpAsync(), Is.EqualTo(new CleanupReport(0, 0, 0, 0, 0)));
        Assert.That(Files(engine, cleaned), Is.EqualTo(new[] { "late.tmp", "result.dat" }));
    }

    [Test]
    public async Task Cleanup_NotEnabled_RemovesNothingUntilItIsAskedFor()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.InMemory, enabled: false);
        Job job = await engine.RunAsync(JobAt("x", "w"));
        engine.Time.Advance(Interval * 3);
        await engine.IdleAsync();
        Assert.That((await engine.GetAsync(job)).IsCleanupPending, Is.True);
        Assert.That(Files(engine, job), Does.Contain("a.tmp"));
        Assert.That(await engine.Launcher.CleanUpAsync(new ApplicationFilter("Work")), Is.EqualTo(new CleanupReport(0, 0, 0, 0, 0)));
        Assert.That(await engine.Launcher.CleanUpAsync(), Is.EqualTo(new CleanupReport(1, 1, 4, 0, 0)));
        Assert.That(Files(engine, job), Is.EqualTo(new[] { "result.dat" }));
    }

    [Test]
    public async Task Preview_OfPendingJobs_ListsFilesAndRemovesNothing()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.InMemory, enabled: false);
        Job job = await engine.RunAsync(JobAt("x", "w"));
        for (int time = 0; time < 2; time++)
        {
            List<JobCleanup> preview = await PreviewAsync(engine);
            Assert.That(preview.Select(each => (each.Job.Id, each.Bytes, each.WaitsFor)), Is.EqualTo(new[] { (job.Id, 4L, (string?)null) }));
            Assert.That(preview[0].Files, Is.EqualTo(new[] { new CleanupFile("a.tmp", 4) }));
        }

        Assert.That(Files(engine, job), Does.Contain("a.tmp"));
        await engine.Launcher.CleanUpAsync();
        Assert.That(await PreviewAsync(engine), Is.Empty);
    }

    [Test]
    public async Task Cleanup_WhileAChildHasNotEnded_IsLeftForLater()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.InMemory, enabled: false);
        var gate = new TaskCompletionSource();
        Func<string, RunContext, CancellationToken, Task<string>> write = engine.Behaviour.Run;
        engine.Behaviour.Run = async (input, context, token) =>
        {
            if (input != "child")
            {
                return await write(input, context, token);
            }

            await gate.Task.WaitAsync(token);
            return input;
        };
        Job parent = await engine.RunAsync(JobAt("x", "parent"));
        Job child = await engine.SubmitAsync(Work.NewJob("child").After(parent));
        await engine.ReachAsync(child, JobState.Running);
        Assert.That(await engine.Launcher.CleanUpAsync(), Is.EqualTo(new CleanupReport(0, 0, 0, 0, 1)));
        Assert.That(Files(engine, parent), Does.Contain("a.tmp"));
        Assert.That((await PreviewAsync(engine)).Single().WaitsFor, Is.EqualTo($"its child {child.Id} is RUNNING"));
        gate.SetResult();
        await engine.EndAsync(child);
        Assert.That(await engine.Launcher.CleanUpAsync(), Is.EqualTo(new CleanupReport(1, 1, 4, 0, 0)));
    }

    [Test]
    public async Task Cleanup_WhileAnotherJobHasItsWorkdirThere_IsLeftForLater()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.InMemory, enabled: false);
        Job outer = await engine.RunAsync(JobAt("x", "study"));
        Job beside = await engine.RunAsync(JobAt("x", "stud"));
        await engine.Launcher.PauseAsync();
        Job inner = await engine.SubmitAsync(JobAt("x", "study/1"));
        Assert.That(await engine.Launcher.CleanUpAsync(), Is.EqualTo(new CleanupReport(1, 1, 4, 0, 1)));
        Assert.That(Files(engine, outer), Does.Contain("a.tmp"));
        Assert.That(Files(engine, beside), Does.Not.Contain("a.tmp"));
        await engine.Client.CancelAsync(inner.Id, "enough");
        Assert.That((await engine.Launcher.CleanUpAsync()).Jobs, Is.EqualTo(1));
    }

    [Test]
    public async Task Cleanup_OfManyJobs_GoesThroughAllBatches()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.LiteDb, enabled: false, batchSize: 3);
        IReadOnlyList<Job> jobs = await engine.SubmitAsync([.. Enumerable.Range(0, 10).Select(i => JobAt("x", $"many/{i}"))]);
        await engine.IdleAsync();
        Assert.That(await engine.Launcher.CleanUpAsync(), Is.EqualTo(new CleanupReport(10, 10, 40, 0, 0)));
        Assert.That(jobs.SelectMany(job => Files(engine, job)), Has.All.EqualTo("result.dat"));
        Assert.That(await engine.Store.FindLeasesAsync([.. jobs.Select(job => job.Id)], default), Is.Empty);
    }

    // The user restarts the job between the removal of its first file and that of the second.
    [Test]
    public async Task Cleanup_OfAJobThatIsRestartedMeanwhile_LetsGoOfItBeforeItRuns()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.InMemory, enabled: false);
        int runs = 0;
        engine.Behaviour.Run = async (input, context, token) =>
        {
            await File.WriteAllTextAsync(Path.Combine(context.CreateWorkdir(), FormattableString.Invariant($"run{++runs}.tmp")), "four", token);
            return input;
        };
        Job job = await engine.RunAsync(JobAt("x", "w"));
        bool restarted = false;
        engine.Faults.AfterFind = async found =>
        {
            if (!restarted && found.Any(each => each.Id == job.Id && each.State == JobState.JobFinished) && await IsHeldAsync(engine, job))
            {
                // The clean-up has looked and found the job as it took it: now the restart comes before its first file goes.
                restarted = true;
                await engine.Client.RestartAsync(job.Id);
                Assert.That(await IsHeldAsync(engine, job), Is.True);
                Assert.That(runs, Is.EqualTo(1));
            }
        };
        CleanupReport report = await engine.Launcher.CleanUpAsync();
        Assert.That((restarted, report.Jobs), Is.EqualTo((true, 0)));
        Job again = await engine.EndAsync(job);
        Assert.That((runs, again.State, again.IsCleanupPending), Is.EqualTo((2, JobState.JobFinished, true)));
        Assert.That(Files(engine, job), Does.Contain("run2.tmp"));
        Assert.That((await engine.Launcher.CleanUpAsync()).Jobs, Is.EqualTo(1));
        Assert.That(Files(engine, job), Is.Empty);
    }

    [Test]
    public async Task Cleanup_OfAJobThatIsRestartedBefore_TouchesNoFile()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.InMemory, enabled: false);
        Job job = await engine.RunAsync(JobAt("x", "w"));
        await engine.Launcher.PauseAsync();
        bool restarted = false;
        engine.Faults.BeforeLauncherCommit = async () =>
        {
            if (!restarted)
            {
                restarted = true;
                await engine.Client.RestartAsync(job.Id);
            }
        };
        Assert.That((await engine.Launcher.CleanUpAsync()).Jobs, Is.Zero);
        Assert.That((restarted, (await engine.GetAsync(job)).State), Is.EqualTo((true, JobState.RestartReady)));
        Assert.That(Files(engine, job), Does.Contain("a.tmp"));
        Assert.That(await IsHeldAsync(engine, job), Is.False);
    }

    // The files are gone, and the store cannot note it: as after a crash in between.
    [Test]
    public async Task Cleanup_ThatCannotBeNoted_IsRepeatedWithoutHarm()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.LiteDb);
        Job job = await engine.RunAsync(JobAt("x", "w"));
        int writes = 0;
        engine.Faults.BeforeLauncherCommit = () => ++writes == 2 ? throw new StoreException(StoreErrorKind.Unavailable, "The disk is full.") : Task.CompletedTask;
        StoreException failure = (await Assert.ThrowsAsync<StoreException>(() => engine.Launcher.CleanUpAsync()))!;
        Assert.That(failure.Message, Is.EqualTo("The disk is full."));
        Assert.That(Files(engine, job), Is.EqualTo(new[] { "result.dat" }));
        Assert.That(((await engine.GetAsync(job)).IsCleanupPending, await IsHeldAsync(engine, job)), Is.EqualTo((true, false)));
        await engine.RestartAsync();
        Assert.That(await engine.Launcher.CleanUpAsync(), Is.EqualTo(new CleanupReport(1, 0, 0, 0, 0)));
        Assert.That((await engine.GetAsync(job)).IsCleanupPending, Is.False);
        Assert.That(Files(engine, job), Is.EqualTo(new[] { "result.dat" }));
    }

    [Test]
    public async Task Cleanup_ThatFails_IsToldAndTriedAgain()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.InMemory);
        Job job = await engine.RunAsync(JobAt("x", "w"));
        var failed = new TaskCompletionSource();
        Exception? told = null;
        engine.Faults.BeforeLauncherCommit = () =>
        {
            if (failed.TrySetResult())
            {
                throw new StoreException(StoreErrorKind.Unavailable, "The disk is full.");
            }

            told ??= engine.Launcher.Status.Problem;
            return Task.CompletedTask;
        };
        await engine.Time.PassAsync(Interval);
        await EngineHarness.Soon(failed.Task, "the failure");
        engine.Time.Advance(Interval);
        await CleanedAsync(engine, job);
        Assert.That(told?.Message, Is.EqualTo("The disk is full."));
        await EngineHarness.Soon(engine.Launcher.StopAsync(), "the stop");
        Assert.That(engine.Launcher.Status.Problem, Is.Null);
    }

    [Test]
    public async Task Stop_DuringABatch_WaitsForItAndBeginsNoOther()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.InMemory, batchSize: 1);
        Job first = await engine.RunAsync(JobAt("x", "w1"));
        Job second = await engine.RunAsync(JobAt("x", "w2"));
        var taking = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        engine.Faults.BeforeLauncherCommit = () =>
        {
            taking.TrySetResult();
            return goOn.Task;
        };
        await engine.Time.PassAsync(Interval);
        await EngineHarness.Soon(taking.Task, "the batch");
        Task stop = engine.Launcher.StopAsync();
        await engine.Time.TimerAsync(Patience);
        Assert.That(stop.IsCompleted, Is.False);
        goOn.SetResult();
        await EngineHarness.Soon(stop, "the stop");
        Assert.That(Files(engine, first), Is.EqualTo(new[] { "result.dat" }));
        Assert.That(Files(engine, second), Does.Contain("a.tmp"));
        Assert.That(((await engine.GetAsync(first)).IsCleanupPending, (await engine.GetAsync(second)).IsCleanupPending), Is.EqualTo((false, true)));
        Assert.That(() => engine.Launcher.CleanUpAsync(), Throws.InvalidOperationException.With.Message.Contains("start the host"));
    }

    [Test]
    public async Task Idle_BeforeACleanUp_DoesNotWaitForIt()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.InMemory);
        Job job = await engine.SubmitAsync(JobAt("x", "w"));
        await engine.IdleAsync();
        Job now = await engine.GetAsync(job);
        Assert.That((now.State, now.IsCleanupPending), Is.EqualTo((JobState.JobFinished, true)));
    }

    [TestCase(0, 30, "LauncherOptions.Cleanup.BatchSize is 0")]
    [TestCase(180, 0, "LauncherOptions.Cleanup.Interval is 00:00:00")]
    public void Options_ThatMakeNoSense_AreRefusedAtTheStart(int batchSize, int seconds, string expected)
    {
        var options = new LauncherOptions();
        options.Cleanup.BatchSize = batchSize;
        options.Cleanup.Interval = TimeSpan.FromSeconds(seconds);
        Assert.That(new Launch.Hosting.LauncherOptionsValidator().Validate(null, options).Failures?.Single(), Does.StartWith(expected));
    }

    // The batch hangs in the removal of a job's files: the stop cuts it off between two of them, and the job is found again.
    [Test]
    public async Task Stop_OfABatchThatDoesNotEnd_CutsItOffBetweenTwoFiles()
    {
        await using EngineHarness engine = await StartAsync(StoreKind.InMemory);
        Job job = await engine.RunAsync(JobAt("x", "w"));
        var looking = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        engine.Faults.AfterFind = async found =>
        {
            if (found.Any(each => each.Id == job.Id) && await IsHeldAsync(engine, job))
            {
                looking.TrySetResult();
                await goOn.Task;
            }
        };
        await engine.Time.PassAsync(Interval);
        await EngineHarness.Soon(looking.Task, "the batch");
        Task stop = engine.Launcher.StopAsync();
        await engine.Time.PassAsync(Patience);
        goOn.SetResult();
        await EngineHarness.Soon(stop, "the stop");
        Assert.That(Files(engine, job), Does.Contain("a.tmp"));
        engine.Faults.AfterFind = _ => Task.CompletedTask;
        Assert.That(((await engine.GetAsync(job)).IsCleanupPending, await IsHeldAsync(engine, job)), Is.EqualTo((true, false)));
    }

    private static Task<EngineHarness> StartAsync(StoreKind store, bool enabled = true, int batchSize = 180) => EngineHarness.StartAsync(store, setup =>
    {
        setup.Time = new EngineTime();
        setup.FaultyStore = true;
        setup.Applications = balsam => balsam.AddApplication<Messy>().AddApplication<Work>();
        Action<LauncherOptions> before = setup.Options;
        setup.Options = options =>
        {
            before(options);
            options.Cleanup.Enabled = enabled;
            options.Cleanup.BatchSize = batchSize;
            options.RecordTimeout = Patience * 2;
        };
        setup.Behaviour.Run = async (input, context, token) =>
        {
            await File.WriteAllTextAsync(Path.Combine(context.CreateWorkdir(), "a.tmp"), "four", token);
            await File.WriteAllTextAsync(Path.Combine(context.CreateWorkdir(), "result.dat"), "kept", token);
            return input == "fail" ? throw new InvalidOperationException("as asked") : input;
        };
    });

    private static NewJob JobAt(string input, string workdir) => Messy.NewJob(workdir, input);

    private static async Task<bool> IsHeldAsync(EngineHarness engine, Job job) => (await engine.Store.FindLeasesAsync([job.Id], default)).Count > 0;

    private static string[] Files(EngineHarness engine, Job job) =>
        [.. Directory.EnumerateFiles(engine.WorkdirOf(job)).Select(path => Path.GetFileName(path)).Where(name => name is not ("job.out" or "balsam.log")).Order(StringComparer.Ordinal)];

    private static async Task<List<JobCleanup>> PreviewAsync(EngineHarness engine)
    {
        List<JobCleanup> preview = [];
        await foreach (JobCleanup each in engine.Launcher.PreviewCleanupAsync())
        {
            preview.Add(each);
        }

        return preview;
    }

    private static Task<Job> CleanedAsync(EngineHarness engine, Job job) => engine.BecomesAsync(job, now => !now.IsCleanupPending, "the clean-up");
}

/// <summary>A function whose finished jobs leave files that nobody needs.</summary>
internal sealed class Messy(Behaviour behaviour) : FunctionApplication<string, string>
{
    public override IReadOnlyList<string> CleanupFiles => ["*.tmp"];

    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => behaviour.Run(input, context, cancellationToken);
}
