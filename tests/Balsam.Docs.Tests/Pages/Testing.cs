using System.Globalization;
using Balsam.Testing;

namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Testing
{
    #region test
    [Test]
    public async Task Relax_FailsTwice_ConvergesAtTheThirdAttempt()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Mesh>().AddApplication<Relax>());
        host.Runs<Mesh>().Take(TimeSpan.FromHours(2));
        host.Runs<Relax>().Take(TimeSpan.FromMinutes(40)).Write("energy.txt", "-76.4");
        host.Runs<Relax>().FirstAttempts(2).Take(TimeSpan.FromMinutes(1)).Print("no convergence").Exit(3);

        NewJob mesh = Mesh.NewJob("mesh");
        IReadOnlyList<Job> jobs = await host.Client.SubmitAsync([mesh, Relax.NewJob("relax", new Relax.Parameters("a.xyz")).After(mesh)]);
        await host.RunUntilIdleAsync();

        host.Expect(jobs[1]).Finished().After(jobs[0]).Ran(3).EndedAt(TimeSpan.FromMinutes(120 + 1 + 1 + 40));
        Assert.That((await host.Client.GetAsync(jobs[1])).Data.Get<double>("energy"), Is.EqualTo(-76.4));
    }
    #endregion

    [Test]
    public async Task Scripts_AsOnThePage_DoWhatTheySay()
    {
        #region start
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(
            balsam => balsam.AddApplication<Relax>().AddApplication<Mesh>().AddLauncher(launcher => launcher.LeaseDuration = TimeSpan.FromMinutes(5)),
            options =>
            {
                options.Nodes.Add(new NodeSpec("big", cores: 64, gpus: 4));
                options.Seed = 7;
            });
        #endregion

        #region scripts
        host.Runs();                                                                              // every command: at once, exit code 0
        host.Runs<Mesh>().Take(run => TimeSpan.FromMinutes(run.Random.Next(10, 60)));             // a time drawn under the seed
        host.Runs<Relax>().Print("step 1").Take(TimeSpan.FromMinutes(30)).Write("energy.txt", "-1");
        host.Runs<Relax>().When<Relax.Parameters>(p => p.Input == "bad.xyz").Die(11);             // SIGSEGV
        host.Runs<Relax>().When<Relax.Parameters>(p => p.Input == "slow.xyz").FirstAttempts(1).Hang();    // until its time limit
        host.Runs<Relax>().When<Relax.Parameters>(p => p.Input == "gone.xyz").FailToStart("no such program: relax");
        host.Runs<Relax>().When<Relax.Parameters>(p => p.Input == "odd.xyz").Exit(run => run.Attempt);
        #endregion

        string[] inputs = ["good.xyz", "bad.xyz", "slow.xyz", "gone.xyz", "odd.xyz"];
        IReadOnlyList<Job> jobs = await host.Client.SubmitAsync(
            inputs.Select(input => Relax.NewJob(input, new Relax.Parameters(input)).WithResources(new JobResources { TimeLimit = TimeSpan.FromHours(1) })));

        #region running
        await host.AdvanceAsync(TimeSpan.FromMinutes(10));              // ten minutes, with all that happens in them
        await host.RunUntilAsync(jobs[0], JobState.Postprocessed);      // until then, and not further
        IdleReport report = await host.RunUntilIdleAsync();             // until nothing can happen any more
        #endregion

        #region expecting
        host.Expect(jobs[0]).Finished().Ran(1).Took(TimeSpan.FromMinutes(30)).On("big").WithCores(1);
        host.Expect(jobs[1]).Failed(FailureKind.HookDecision, "three attempts").Ran(3).WentThrough(JobState.RunError, JobState.RestartReady, JobState.RunError);
        host.Expect(jobs).In(JobState.JobFinished, JobState.Failed).Within(TimeSpan.FromHours(4));
        await host.ExpectAllEndedAsync();                               // else it says why each of the others waits
        #endregion

        Assert.That(report.AllEnded);
        Assert.Throws<BalsamAssertionException>(() => host.Expect(jobs[1]).Finished());
    }

    [Test]
    public async Task Launchers_AsOnThePage_AreLostAndReplaced()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Mesh>());
        host.Runs<Mesh>().Take(TimeSpan.FromHours(1));
        IReadOnlyList<Job> jobs = await host.Client.SubmitAsync([Mesh.NewJob("mesh")]);

        #region launchers
        await host.AdvanceAsync(TimeSpan.FromMinutes(10));
        await host.KillLauncherAsync();                                 // kill -9: its lease runs out on virtual time
        await host.StartLauncherAsync(launcher => launcher.Nodes.Add(new NodeSpec("other", cores: 1)));
        await host.RunUntilIdleAsync();
        host.Expect(jobs[0]).Finished().Ran(2);
        #endregion
    }

    [Test]
    public async Task Hooks_AsOnThePage_AreCalledAlone()
    {
        #region alone
        Job job = TestJobs.Of<Relax>(new Relax.Parameters("a.xyz"), fields => fields with { State = JobState.RunError, Attempt = 3, ReturnCode = 3 });
        HookOutcome outcome = await HookCalls.HandleErrorAsync(new Relax(), new JobContext(job, workdir: Path.GetTempPath()));
        #endregion
        Assert.That(outcome.Reason, Is.EqualTo("three attempts"));
    }

    [Test]
    public async Task Program_AsOnThePage_NeedsNoFramework() => Assert.That(await Main(), Is.Zero);

    #region main
    private static async Task<int> Main()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Mesh>());
        host.Runs<Mesh>().Take(TimeSpan.FromHours(2));
        Job mesh = await host.Client.SubmitAsync(Mesh.NewJob("mesh"));
        await host.RunUntilIdleAsync();
        try
        {
            host.Expect(mesh).Finished().Took(TimeSpan.FromHours(2));
            return 0;
        }
        catch (BalsamAssertionException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 1;
        }
    }
    #endregion

    private sealed class Mesh : ApplicationDefinition
    {
        public override CommandTemplate Command => "mesh";
    }

    #region application
    public sealed class Relax : ApplicationDefinition<Relax.Parameters>
    {
        public sealed record Parameters(string Input);

        public override CommandTemplate Command => "relax --in {{ input }}";

        protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            string energy = await File.ReadAllTextAsync(Path.Combine(context.Workdir, "energy.txt"), cancellationToken);
            context.Data.Set("energy", double.Parse(energy, CultureInfo.InvariantCulture));
            return PostprocessOutcome.Done;
        }

        protected override Task<ErrorOutcome> HandleError(JobContext context, CancellationToken cancellationToken) =>
            Task.FromResult(context.Attempt < 3 ? ErrorOutcome.Restart("try again") : ErrorOutcome.Fail("three attempts"));
    }
    #endregion
}
