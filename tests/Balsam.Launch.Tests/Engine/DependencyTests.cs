namespace Balsam.Launch.Tests.Engine;

/// <summary>Graphs of jobs, end to end.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
public sealed class DependencyTests(StoreKind store)
{
    private EngineHarness _engine = null!;

    [SetUp]
    public async Task SetUp() => _engine = await EngineHarness.StartAsync(store);

    [TearDown]
    public async Task TearDown() => await _engine.DisposeAsync();

    [Test]
    public async Task Chain_Fifty_RunInOrder()
    {
        List<NewJob> chain = [Work.NewJob("0")];
        for (int i = 1; i < 50; i++)
        {
            chain.Add(Work.NewJob($"{i}").After(chain[^1]));
        }

        _engine.Behaviour.Run = Noting;
        chain.Reverse();
        await _engine.SubmitAsync([.. chain]);
        Assert.That((await _engine.IdleAsync()).AllFinished);
        Assert.That(_engine.Behaviour.Diary, Is.EqualTo(Enumerable.Range(0, 50).Select(i => $"{i}")));
    }

    [Test]
    public async Task Diamond_Bottom_RunsOnceAfterBothSides()
    {
        _engine.Behaviour.Run = Noting;
        NewJob top = Work.NewJob("top");
        NewJob left = Work.NewJob("left").After(top);
        NewJob right = Work.NewJob("right").After(top);
        await _engine.SubmitAsync(Work.NewJob("bottom").After([left, right]), left, right, top);
        await _engine.IdleAsync();
        string[] order = [.. _engine.Behaviour.Diary];
        Assert.That((order.Length, order[0], order[3]), Is.EqualTo((4, "top", "bottom")));
    }

    [Test]
    public async Task Ready_JobThatALongChainWaitsFor_StartsFirst()
    {
        await _engine.Launcher.PauseAsync();
        _engine.Behaviour.Run = Noting;
        JobResources alone = JobResources.Default with { PackingCount = 1 };
        NewJob[] others = [.. Enumerable.Range(0, 10).Select(i => Work.NewJob($"{i}").WithResources(alone with { WallTime = TimeSpan.FromMilliseconds(1000 + i) }))];
        NewJob first = Work.NewJob("first").WithResources(alone with { WallTime = TimeSpan.FromSeconds(1) });
        NewJob second = Work.NewJob("second").WithResources(alone with { WallTime = TimeSpan.FromSeconds(1) }).After(first);
        await _engine.SubmitAsync([.. others, first, second, Work.NewJob("third").WithResources(alone with { WallTime = TimeSpan.FromSeconds(1) }).After(second)]);
        await _engine.Launcher.ResumeAsync();
        await _engine.IdleAsync();
        Assert.That(_engine.Behaviour.Diary.First(), Is.EqualTo("first"), "the others were submitted before it");
    }

    [Test]
    public async Task Fan_OneToFiveHundredToOne_GathersAll()
    {
        int ran = 0;
        _engine.Behaviour.Run = (input, _, _) => Task.FromResult(input == "last" ? $"{ran}" : $"{Interlocked.Increment(ref ran)}");
        NewJob first = Work.NewJob("first");
        NewJob[] middle = [.. Enumerable.Range(0, 500).Select(i => Work.NewJob($"{i}").After(first))];
        IReadOnlyList<Job> jobs = await _engine.SubmitAsync([first, .. middle, Work.NewJob("last").After(middle)]);
        IdleReport report = await _engine.IdleAsync();
        Assert.That((report.AllFinished, (await _engine.GetAsync(jobs[^1])).GetResult<string>()), Is.EqualTo((true, "501")), report.ToString());
    }

    [TestCase(DependencyCondition.Success, true, JobState.JobFinished)]
    [TestCase(DependencyCondition.Success, false, JobState.Failed)]
    [TestCase(DependencyCondition.Failure, true, JobState.Failed)]
    [TestCase(DependencyCondition.Failure, false, JobState.JobFinished)]
    [TestCase(DependencyCondition.Either, true, JobState.JobFinished)]
    [TestCase(DependencyCondition.Either, false, JobState.JobFinished)]
    [TestCase(DependencyCondition.SuccessOrHold, true, JobState.JobFinished)]
    [TestCase(DependencyCondition.SuccessOrHold, false, JobState.AwaitingParents)]
    public async Task Edge_ParentEnds_ChildDoesAsTheEdgeSays(DependencyCondition condition, bool succeeds, JobState expected)
    {
        _engine.Behaviour.Run = (input, _, _) => input == "bad" ? throw new InvalidOperationException("broken pump") : Task.FromResult(input);
        NewJob parent = Work.NewJob(succeeds ? "good" : "bad");
        IReadOnlyList<Job> jobs = await _engine.SubmitAsync(parent, Work.NewJob("child").After(parent, condition));
        IdleReport report = await _engine.IdleAsync();
        Assert.That((await _engine.GetAsync(jobs[1])).State, Is.EqualTo(expected), report.ToString());

        // The same for a parent that had ended when the child was submitted.
        Job late = await _engine.SubmitAsync(Work.NewJob("late").After(jobs[0], condition));
        await _engine.IdleAsync();
        Assert.That((await _engine.GetAsync(late)).State, Is.EqualTo(expected));
        if (expected == JobState.AwaitingParents)
        {
            Assert.That(report.Blocked.Single().Reason, Is.EqualTo("it waits for parent 1, which is FAILED; restart that one"));
        }
    }

    [Test]
    public async Task Parent_Fails_DescendantsNameTheGuiltyAncestorAndComeBackWithIt()
    {
        bool broken = true;
        _engine.Behaviour.Run = (input, _, _) => input == "root" && broken ? throw new InvalidOperationException("broken pump") : Task.FromResult(input);
        NewJob root = Work.NewJob("root");
        NewJob child = Work.NewJob("child").After(root);
        NewJob other = Work.NewJob("other");
        IReadOnlyList<Job> jobs = await _engine.SubmitAsync(root, child, Work.NewJob("grandchild").After([child, other]), other);
        await _engine.IdleAsync();
        foreach (Job job in jobs.Skip(1).Take(2))
        {
            Job failed = await _engine.GetAsync(job);
            Assert.That((failed.State, failed.Failure!.Kind, failed.Failure.GuiltyAncestor), Is.EqualTo((JobState.Failed, FailureKind.ParentFailed, jobs[0].Id)));
            Assert.That(failed.Failure.Message, Is.EqualTo($"Ancestor 1 (Work in Work/1) failed: broken pump"));
        }

        broken = false;
        await _engine.Client.RestartAsync(jobs[0].Id);
        IdleReport report = await _engine.IdleAsync();
        Assert.That(report.AllFinished, report.ToString());
        Assert.That(await _engine.StatesAsync(jobs[2]), Is.EqualTo(new[]
        {
            JobState.AwaitingParents, JobState.Failed, JobState.AwaitingParents, JobState.Ready, JobState.StagedIn, JobState.Preprocessed, JobState.Running,
            JobState.RunDone, JobState.Postprocessed, JobState.StagedOut, JobState.JobFinished,
        }));
    }

    [Test]
    public async Task Chain_CancelledWhole_RestartsWholeInOneCall()
    {
        var gate = new Gate();
        _engine.Behaviour.Run = async (input, _, token) =>
        {
            await gate.PassAsync(token);
            return input;
        };
        List<NewJob> chain = [Work.NewJob("0")];
        for (int i = 1; i < 5; i++)
        {
            chain.Add(Work.NewJob($"{i}").After(chain[^1]));
        }

        // Children have lower numbers than their parents here.
        chain.Reverse();
        IReadOnlyList<Job> jobs = await _engine.SubmitAsync([.. chain]);
        await gate.ArrivalAsync();
        ChangeReport cancelled = await _engine.Client.Jobs.CancelAsync("enough");
        Assert.That((cancelled.Changed.Count, cancelled.Unchanged.Count), Is.EqualTo((5, 0)), cancelled.ToString());
        ChangeReport restarted = await _engine.Client.Jobs.RestartAsync();
        Assert.That((restarted.Changed.Count, restarted.Unchanged.Count), Is.EqualTo((5, 0)), restarted.ToString());
        gate.Open();
        IdleReport report = await _engine.IdleAsync();
        Assert.That(report.AllFinished, report.ToString());
        Assert.That((await _engine.GetAsync(jobs[0])).Attempt, Is.EqualTo(1));
    }

    // Idleness told too early would show as a job that has not ended; a child started too early as a parent that has not.
    [Test]
    public async Task RandomGraphs_RepeatedlyRun_AreIdleOnlyWhenAllHasEnded()
    {
        int seed = TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        _engine.Behaviour.Run = async (input, context, token) =>
        {
            foreach (JobDependency edge in context.Job.Parents)
            {
                if (await _engine.Client.GetAsync(edge.Parent, token) is { State: not JobState.JobFinished } parent)
                {
                    throw new InvalidOperationException($"started before {parent} had finished");
                }
            }

            return input;
        };
        for (int round = 0; round < 30; round++)
        {
            List<NewJob> graph = [];
            int size = random.Next(1, 25);
            for (int i = 0; i < size; i++)
            {
                NewJob job = random.Next(4) == 0 ? Exec.NewJob(null, ("program", "/bin/true"), ("arguments", "")) : random.Next(3) == 0 ? Hooked.NewJob($"{i}") : Work.NewJob($"{i}");
                graph.Add(graph.Count == 0 ? job : job.After(Enumerable.Range(0, random.Next(4)).Select(_ => graph[random.Next(graph.Count)]).Distinct()));
            }

            IReadOnlyList<Job> jobs = await _engine.SubmitAsync([.. graph.OrderBy(_ => random.Next())]);
            IdleReport report = await _engine.IdleAsync();
            Assert.That((report.AllFinished, report.Blocked.Count), Is.EqualTo((true, 0)), $"seed {seed}, round {round}: {report}");
            Assert.That((await _engine.Client.WaitAsync(jobs)).Select(job => (job.State, job.Attempt)), Is.All.EqualTo((JobState.JobFinished, 1)));
        }
    }

    private Task<string> Noting(string input, RunContext context, CancellationToken cancellationToken)
    {
        _engine.Behaviour.Note(input);
        return Task.FromResult(input);
    }
}
