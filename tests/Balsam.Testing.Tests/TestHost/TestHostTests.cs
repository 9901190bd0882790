using Balsam.Launch;

namespace Balsam.Testing.Tests;

[TestFixture]
public sealed class TestHostTests
{
    private static Task<BalsamTestHost> StartAsync(Action<BalsamTestHostOptions>? setUp = null, Action<LauncherOptions>? launcher = null) =>
        BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Plain>().AddApplication<Relax>().AddApplication<Sleeper>().AddLauncher(launcher), setUp);

    [Test]
    public async Task RunUntilIdle_ScriptedRun_TakesItsVirtualTimeAndItsHookReadsWhatItWrote()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Relax>().Take(TimeSpan.FromMinutes(40)).Write("energy.txt", "-76.4").Exit(0);
        Job job = await host.Client.SubmitAsync(Relax.NewJob("a", new Relax.Parameters("a.xyz")));

        IdleReport report = await host.RunUntilIdleAsync();

        Assert.That(report.AllFinished, report.ToString());
        Assert.That((await host.Client.GetAsync(job)).Data.Get<double>("energy"), Is.EqualTo(-76.4));
        Assert.That(host.Elapsed, Is.EqualTo(TimeSpan.FromMinutes(40)));
        host.Expect(job).Finished().Ran(1).Took(TimeSpan.FromMinutes(40)).On("node1").WithCores(1).WithGpus(0).StartedAt(TimeSpan.Zero).EndedAt(TimeSpan.FromMinutes(40))
            .WentThrough(JobState.Running, JobState.Postprocessed, JobState.JobFinished).Within(TimeSpan.FromMinutes(40));
    }

    [Test]
    public async Task RunUntilIdle_FirstAttemptsFail_HandleErrorDecidesUntilOneSucceeds()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Relax>().Take(TimeSpan.FromMinutes(40)).Write("energy.txt", "-1");
        host.Runs<Relax>().FirstAttempts(2).Take(TimeSpan.FromMinutes(1)).Print("no convergence").Exit(3);
        Job job = await host.Client.SubmitAsync(Relax.NewJob("a", new Relax.Parameters("a.xyz")));

        await host.RunUntilIdleAsync();

        host.Expect(job).Finished().Ran(3).EndedAt(TimeSpan.FromMinutes(42));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(host.WorkdirOf(job), "job.out.1")), Is.EqualTo("no convergence\n"));
    }

    [Test]
    public async Task RunUntilIdle_FunctionThatWaitsOnItsTimeProvider_TakesVirtualTime()
    {
        await using BalsamTestHost host = await StartAsync();
        Job job = await host.Client.SubmitAsync(Sleeper.NewJob("a", TimeSpan.FromHours(7)));
        await host.RunUntilIdleAsync();
        Assert.That((await host.Client.GetAsync(job)).GetResult<string>(), Is.EqualTo("07:00:00"));
        host.Expect(job).Took(TimeSpan.FromHours(7));
    }

    [Test]
    public async Task RunUntilIdle_RunThatHangs_EndsAtItsTimeLimitWithWhatItHadWritten()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Plain>().Print("step 1").Take(TimeSpan.FromHours(3)).Print("step 2").Hang();
        host.Runs<Plain>().When((ScriptedRun run) => run.Attempt > 1).Exit(0);
        Job job = await host.Client.SubmitAsync(Plain.Job("a").WithResources(new JobResources { TimeLimit = TimeSpan.FromHours(2) }));

        await host.RunUntilIdleAsync();

        host.Expect(job).Finished().Ran(2).WentThrough(JobState.Running, JobState.RunTimeout, JobState.RestartReady, JobState.Running).EndedAt(TimeSpan.FromHours(2));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(host.WorkdirOf(job), "job.out.1")), Is.EqualTo("step 1\n"));
    }

    [Test]
    public async Task RunUntilIdle_RunThatIgnoresTerminate_EndsWhenTheGraceTimeIsOver()
    {
        await using BalsamTestHost host = await StartAsync(launcher: options => options.KillGrace = TimeSpan.FromMinutes(5));
        host.Runs<Plain>().Exit(0);
        host.Runs<Plain>().FirstAttempts(1).Hang().IgnoreTerminate();
        Job job = await host.Client.SubmitAsync(Plain.Job("a").WithResources(new JobResources { TimeLimit = TimeSpan.FromHours(2) }));
        await host.RunUntilIdleAsync();
        host.Expect(job).Finished().EndedAt(TimeSpan.FromMinutes(125));
    }

    [Test]
    public async Task RunUntilIdle_RunThatHangsForEver_IsNamed()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs().Hang();
        Job job = await host.Client.SubmitAsync(Plain.Job("a"));
        BalsamAssertionException thrown = (await Assert.ThrowsAsync<BalsamAssertionException>(() => host.RunUntilIdleAsync()))!;
        Assert.That(thrown.Message, Does.Contain($"job {job.Id} (Plain in a): RUNNING, attempt 1").And.Contain("TimeLimit"));
    }

    [Test]
    public async Task RunUntilIdle_CommandWithoutScript_FailsSayingWhatToWrite()
    {
        await using BalsamTestHost host = await StartAsync();
        Job job = await host.Client.SubmitAsync(Plain.Job("a"));
        await host.RunUntilIdleAsync();
        host.Expect(job).Failed(FailureKind.StartFailed, "Write host.Runs<Plain>()");
    }

    [Test]
    public async Task RunUntilIdle_ScriptsByParametersSignalsAndStartFailures_EachDoesWhatItSays()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs();
        host.Runs<Plain>().When<Plain.Parameters>(parameters => parameters.Number == 1).Die(11);
        host.Runs<Plain>().When<Plain.Parameters>(parameters => parameters.Number == 2).FailToStart("no such program");
        host.Runs<Plain>().When<Plain.Parameters>(parameters => parameters.Number == 3).Exit(run => run.Attempt + 40);
        IReadOnlyList<Job> jobs = await host.Client.SubmitAsync([.. Enumerable.Range(0, 4).Select(number => Plain.Job($"job-{number}", number))]);

        await host.RunUntilIdleAsync();

        host.Expect(jobs[0]).Finished();
        host.Expect(jobs[1]).Failed(FailureKind.Signal, "SIGSEGV");
        host.Expect(jobs[2]).Failed(FailureKind.StartFailed, "no such program").Ran(0);
        host.Expect(jobs[3]).Failed(FailureKind.ExitCode, "exit code 41");
    }

    [Test]
    public async Task RunUntilIdle_ProgramFails_OutputsLastLinesAreKept()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Plain>().Print("first").Print("last").Exit(3);
        Job job = await host.Client.SubmitAsync(Plain.Job("a"));
        await host.RunUntilIdleAsync();
        Assert.That((await host.Client.GetAsync(job)).Failure!.LastLines, Is.EqualTo(new[] { "first", "last" }));
    }

    [Test]
    public async Task RunUntil_PassingState_StopsThereAndGoesNoFurther()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Plain>().Take(TimeSpan.FromHours(1));
        Job parent = await host.Client.SubmitAsync(Plain.Job("a"));
        Job child = await host.Client.SubmitAsync(Plain.Job("b").After(parent));

        Job reached = await host.RunUntilAsync(parent, JobState.RunDone);

        Assert.That(reached.State, Is.EqualTo(JobState.JobFinished));
        Assert.That(host.Elapsed, Is.EqualTo(TimeSpan.FromHours(1)));
        host.Expect(child).In(JobState.Running);
    }

    [Test]
    public async Task RunUntil_StateThatNeverComes_SaysWhyWithTheHistory()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Plain>().Exit(1);
        Job job = await host.Client.SubmitAsync(Plain.Job("a"));
        BalsamAssertionException thrown = (await Assert.ThrowsAsync<BalsamAssertionException>(() => host.RunUntilAsync(job, JobState.JobFinished)))!;
        Assert.That(thrown.Message, Does.Contain($"Job {job.Id} never came to JOB_FINISHED").And.Contain("RUN_ERROR").And.Contain("exit code 1"));
    }

    [Test]
    public async Task Advance_PartOfARun_StopsTheClockThere()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Plain>().Take(TimeSpan.FromHours(1));
        Job job = await host.Client.SubmitAsync(Plain.Job("a"));
        await host.AdvanceAsync(TimeSpan.FromMinutes(59));
        host.Expect(job).In(JobState.Running);
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        host.Expect(job).Finished();
        Assert.That(host.Now, Is.EqualTo(new DateTimeOffset(2030, 1, 1, 1, 0, 0, TimeSpan.Zero)));
    }

    [Test]
    public async Task ExpectAllEnded_JobThatCanNeverRun_IsExplained()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Plain>().Exit(1);
        Job parent = await host.Client.SubmitAsync(Plain.Job("a"));
        await host.Client.SubmitAsync(Plain.Job("b").After(parent, DependencyCondition.SuccessOrHold));
        await host.RunUntilIdleAsync();
        BalsamAssertionException thrown = (await Assert.ThrowsAsync<BalsamAssertionException>(() => host.ExpectAllEndedAsync()))!;
        Assert.That(thrown.Message, Does.Contain("1 have not").And.Contain("AWAITING_PARENTS").And.Contain($"parent {parent.Id}"));
    }

    [Test]
    public async Task KillLauncher_WhileAJobRuns_TheNextRecoversItWhenTheLeaseHasRunOut()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Plain>().Take(TimeSpan.FromHours(1));
        Job job = await host.Client.SubmitAsync(Plain.Job("a"));
        await host.AdvanceAsync(TimeSpan.FromMinutes(10));
        await host.KillLauncherAsync();
        host.Expect(job).In(JobState.Running);

        await host.StartLauncherAsync();
        await host.RunUntilAsync(job, JobState.RunTimeout);
        Assert.That(host.Elapsed, Is.GreaterThan(TimeSpan.FromMinutes(14)).And.LessThanOrEqualTo(TimeSpan.FromMinutes(16)));
        Assert.That((await host.Client.Events.OfJob(job).To(JobState.RunTimeout).ToListAsync()).Single().Message, Does.Contain("lease expired"));

        await host.RunUntilIdleAsync();
        host.Expect(job).Finished().Ran(2).WentThrough(JobState.Running, JobState.RunTimeout, JobState.RestartReady, JobState.Running, JobState.JobFinished);
    }

    [Test]
    public async Task StopLauncher_WithDrain_LetsRunsEndAndTheNextLauncherGoesOnWithOtherNodes()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Plain>().Take(TimeSpan.FromHours(1));
        IReadOnlyList<Job> jobs = await host.Client.SubmitAsync([.. Enumerable.Range(0, 6).Select(i => Plain.Job($"job-{i}"))]);
        await host.AdvanceAsync(TimeSpan.FromMinutes(10));

        await host.StopLauncherAsync(drain: TimeSpan.FromHours(2));
        host.Expect(jobs.Take(4)).Finished().EndedAt(TimeSpan.FromHours(1));
        host.Expect(jobs.Skip(4)).Ran(0);
        await host.StartLauncherAsync(options =>
        {
            options.Nodes.Clear();
            options.Nodes.Add(new NodeSpec("small", cores: 1));
        });
        await host.RunUntilIdleAsync();

        host.Expect(jobs.Skip(4)).Finished().On("small");
        host.Expect(jobs[5]).After(jobs[4]).EndedAt(TimeSpan.FromHours(3));
    }

    [Test]
    public async Task Expect_NotMet_MessageShowsWhatWasAskedWhatIsAndTheHistory()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Plain>().Take(TimeSpan.FromMinutes(5)).Exit(3);
        Job job = await host.Client.SubmitAsync(Plain.Job("a"));
        await host.RunUntilIdleAsync();
        BalsamAssertionException thrown = Assert.Throws<BalsamAssertionException>(() => host.Expect(job).Finished())!;
        Assert.That(thrown.Message, Does.StartWith($"Expected of job {job.Id} (Plain in a): FAILED: JOB_FINISHED. It was: FAILED.\nHistory of job {job.Id} (Plain in a): FAILED, attempt 1:"));
        Assert.That(thrown.Message, Does.Contain("\n  0.00:05:00  RUN_ERROR: exit code 3").And.Contain("\"nodes\":[\"node1\"]").And.Contain("\nFailure: ExitCode: exit code 3"));
    }

    [Test]
    public async Task Dispose_Files_GoUnlessTheyAreToStay()
    {
        string gone;
        await using (BalsamTestHost host = await StartAsync())
        {
            gone = host.DataDirectory;
            Assert.That(gone, Does.Exist);
        }

        Assert.That(gone, Does.Not.Exist);
        string kept;
        await using (BalsamTestHost host = await StartAsync(options => options.KeepFiles = true))
        {
            kept = host.DataDirectory;
        }

        Assert.That(kept, Does.Exist);
        Directory.Delete(kept, recursive: true);
    }
}
