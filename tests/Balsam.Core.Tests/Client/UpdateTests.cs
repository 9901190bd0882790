using Balsam.Storage;

namespace Balsam.Core.Tests.Client;

/// <summary>Editing jobs: what is taken, what is refused and why, and that a query's jobs are looked at again inside the write.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class UpdateTests(StoreKind store)
{
    private ClientHarness _harness = null!;

    private BalsamClient Client => _harness.Client;

    [SetUp]
    public void SetUp() => _harness = new ClientHarness(store, new NodeSpec("n1", 4));

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    [Test]
    public async Task Update_EveryField_IsStored()
    {
        Job job = await SubmitToolAsync();
        long events = (await Client.GetHistoryAsync(job.Id)).Count;
        ChangeReport report = await Client.UpdateAsync(job.Id, edit => edit
            .Tag("study", "b").Tag("owner", "me").RemoveTag("draft").RemoveTag("none")
            .SetData("energy", -1.5).SetData("mesh", new { Cells = 3 }).RemoveData("old").RemoveData("none")
            .SetParameter("input", "b.xyz").SetPriority(7).SetResources(new JobResources { ThreadsPerRank = 2 }).SetResources(resources => resources with { TimeLimit = TimeSpan.FromHours(1) }));
        Assert.That((report.Changed, report.Unchanged.Count), Is.EqualTo((new[] { job.Id }, 0)), report.ToString());
        Job edited = await Client.GetAsync(job.Id);
        Assert.That(edited.Tags, Is.EquivalentTo(new Dictionary<string, string> { ["study"] = "b", ["owner"] = "me" }));
        Assert.That(edited.Data, Is.EqualTo(JobData.Parse("""{"keep":1,"energy":-1.5,"mesh":{"cells":3}}""")));
        Assert.That(edited.Parameters, Is.EqualTo(JobData.Parse("""{"input":"b.xyz","tolerance":0.0001}""")));
        Assert.That((edited.Priority, edited.Resources, edited.State), Is.EqualTo((7, new JobResources { ThreadsPerRank = 2, TimeLimit = TimeSpan.FromHours(1) }, job.State)));
        Assert.That((edited.Version, (await Client.GetHistoryAsync(job.Id)).Count), Is.EqualTo((job.Version + 1, events)), "an edit is one change and no move");
    }

    [Test]
    public async Task Update_JobThatIsSoAlready_IsUnchangedAndNotWritten()
    {
        Job job = await SubmitToolAsync();
        ChangeReport report = await Client.UpdateAsync(job.Id, edit => edit
            .Tag("study", "a").SetData("keep", 1).SetParameter("input", "a.xyz").SetPriority(0).SetResources(resources => resources with { Nodes = 1 }));
        Assert.That((report.Changed.Count, report.Unchanged[job.Id]), Is.EqualTo((0, new UnchangedJob(WhyUnchanged.AlreadySo, "it is so already"))));
        Assert.That((await Client.GetAsync(job.Id)).Version, Is.EqualTo(job.Version));
    }

    [Test]
    public async Task Update_RunningJob_IsUnchanged()
    {
        Job running = await _harness.MoveAsync(await SubmitToolAsync(), JobTrigger.Preprocessed, JobTrigger.Started);
        Job waiting = await SubmitToolAsync();
        ChangeReport report = await Client.Jobs.UpdateAsync(edit => edit.SetPriority(5));
        Assert.That(report.Changed, Is.EqualTo(new[] { waiting.Id }));
        Assert.That(report.Unchanged[running.Id], Is.EqualTo(new UnchangedJob(WhyUnchanged.Running, "it is RUNNING; edit it once the run has ended, or cancel it")));
    }

    [Test]
    public async Task Update_HeldJob_IsRefusedWhereAHookMayRunAndTakenWhereNot([Values("Tool", "Elsewhere")] string application)
    {
        Job job = await AddAsync(application);
        LauncherSession session = await _harness.Store.OpenSessionAsync(new SessionRequest { Site = SiteName.Local, Host = "n17", ProcessId = 42 }, default);
        await _harness.Store.ClaimAsync(
            new ClaimRequest { Lease = session.Token, Limit = 1, Wanted = new Dictionary<ApplicationName, JobStateSet> { [application] = JobStates.Claimable } }, default);
        ChangeReport staged = await Client.UpdateAsync(job.Id, edit => edit.SetPriority(5));
        if (application == "Tool")
        {
            Assert.That(staged.Changed, Has.Count.EqualTo(1), "Tool has no hook for STAGED_IN");
            Assert.That((await _harness.Store.WaitForNewsAsync(session.Token, default)).Changed, Is.EqualTo(new[] { job.Id }), "the holder is told");
            return;
        }

        Assert.That(staged.Unchanged[job.Id], Is.EqualTo(new UnchangedJob(
            WhyUnchanged.Leased, "launcher n17:42 works on it (STAGED_IN): a hook may be reading it; try again once that is done")));
        await _harness.MoveAsync(job, JobTrigger.Preprocessed);
        Assert.That((await Client.UpdateAsync(job.Id, edit => edit.SetPriority(5))).Changed, Has.Count.EqualTo(1), "no hook is called before the launch");
    }

    [Test]
    public async Task Update_EndedJobs_AreEditedForTheirNextRun()
    {
        Job finished = await _harness.FinishAsync(await SubmitToolAsync());
        Job failed = await _harness.FailAsync(await SubmitToolAsync());
        ChangeReport report = await Client.Jobs.UpdateAsync(edit => edit.Tag("study", "c").SetParameter("tolerance", 1e-6).SetPriority(2).SetResources(new JobResources { ThreadsPerRank = 4 }));
        Assert.That(report.Changed, Is.EqualTo(new[] { finished.Id, failed.Id }), report.ToString());
        await Client.RestartAsync([finished.Id, failed.Id]);
        foreach (Job job in await Client.Jobs.WithTag("study", "c").WithPriority(2, 2).ToListAsync())
        {
            Assert.That((job.State, job.Parameters.Get<double>("tolerance"), job.Resources.ThreadsPerRank), Is.EqualTo((JobState.RestartReady, 1e-6, 4)));
        }
    }

    [Test]
    public async Task Update_WrongForSomeJobs_ChangesTheOthersAndSaysWhy()
    {
        Job tool = await SubmitToolAsync();
        Job relax = await Client.SubmitAsync(new NewJob("Relax").WithParameters(new Relax.Parameters("a.xyz")));
        Job norm = await Client.SubmitAsync(new NewJob("Norm").WithParameters(new[] { 3.0, 4.0 }));
        ChangeReport report = await Client.Jobs.UpdateAsync(edit => edit.SetParameter("cells", new[] { 1, 2 }));
        Assert.That(report.Changed, Is.EqualTo(new[] { relax.Id }), report.ToString());
        Assert.That(report.Unchanged[tool.Id], Is.EqualTo(new UnchangedJob(WhyUnchanged.Invalid, "'cells' is not a parameter of Tool. Known: input, tolerance.")));
        Assert.That(report.Unchanged[norm.Id].Message, Is.EqualTo("its parameters are a JSON Array, which has no 'cells'; give them whole with SetParameters"));
        Assert.That((await Client.UpdateAsync(norm.Id, edit => edit.SetParameters(new[] { 1.0 }))).Changed, Has.Count.EqualTo(1));
        Assert.That((await Client.GetAsync(norm.Id)).GetParameters<double[]>(), Is.EqualTo(new[] { 1.0 }));
    }

    [Test]
    public async Task Update_ParametersThatASubmitRefuses_AreRefused()
    {
        Job job = await SubmitToolAsync();
        Assert.That((await Client.UpdateAsync(job.Id, edit => edit.SetParameters(new { Tolerance = 1 }))).Unchanged[job.Id].Message, Does.Contain("parameter 'input' is missing (the molecule)"));
        Assert.That((await Client.UpdateAsync(job.Id, edit => edit.SetParameter<string?>("input", null))).Unchanged[job.Id].Message, Is.EqualTo("parameter 'input' is null, but Tool requires it."));
        Assert.That((await Client.UpdateAsync(job.Id, edit => edit.SetParameter("input", "a\0b"))).Unchanged[job.Id].Why, Is.EqualTo(WhyUnchanged.Invalid), "a command cannot hold that");
        Assert.That((await Client.UpdateAsync(job.Id, edit => edit.SetParameter("input", new string('x', SubmissionLimits.ParametersLength)))).Unchanged[job.Id].Message, Does.Contain("512000 are allowed"));
        Assert.That((await Client.GetAsync(job.Id)).Version, Is.EqualTo(job.Version));
        Assert.That((await Client.UpdateAsync(job.Id, edit => edit.SetParameters(new { Input = "c" }))).Changed, Has.Count.EqualTo(1));
        Assert.That((await Client.GetAsync(job.Id)).Parameters, Is.EqualTo(JobData.Parse("""{"input":"c","tolerance":0.0001}""")), "defaults are filled in");
    }

    [Test]
    public async Task Update_OfAnApplicationNotKnownHere_TakesParametersAsTheyAre()
    {
        Job job = await AddAsync("Elsewhere");
        Assert.That((await Client.UpdateAsync(job.Id, edit => edit.SetParameter("any", 1))).Changed, Has.Count.EqualTo(1));
        Assert.That((await Client.GetAsync(job.Id)).Parameters.Get<int>("any"), Is.EqualTo(1));
    }

    [Test]
    public async Task Update_WrongForEveryJob_ThrowsAndChangesNothing()
    {
        Job job = await SubmitToolAsync();
        (Action<JobEdit> Edit, string Says)[] wrong =
        [
            (_ => { }, "says nothing"), (edit => edit.Tag("a\nb", "c"), "control character"), (edit => edit.Tag("a", new string('x', 301)), "longer than 300"),
            (edit => edit.SetData("", 1), "empty"), (edit => edit.SetData("a", new string('x', SubmissionLimits.DataLength)), "512000 are allowed"), (edit => edit.SetParameter("", 1), "empty"),
            (edit => edit.SetResources(new JobResources { RanksPerNode = 0 }), "RanksPerNode"), (edit => edit.SetResources(new JobResources { RanksPerNode = 5 }), "5 cores asked, the largest node has 4"),
            (edit => edit.SetPriority(3).SetResources(_ => throw new ArgumentException("mine")), "mine"),
        ];
        foreach ((Action<JobEdit> edit, string says) in wrong)
        {
            ArgumentException refused = (await Assert.CatchAsync<ArgumentException>(() => Client.Jobs.UpdateAsync(edit)))!;
            Assert.That(refused.Message, Does.Contain(says));
        }

        Assert.That((await Client.GetAsync(job.Id)).Version, Is.EqualTo(job.Version));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.UpdateAsync(job.Id, edit => edit.SetResources(_ => null!)));
    }

    [Test]
    public async Task Update_ResourcesThatOnlySomeCanHave_AreRefusedForTheOthers()
    {
        Job small = await SubmitToolAsync();
        Job large = await Client.SubmitAsync(new NewJob("Tool").WithParameters(new { Input = "a" }).WithResources(new JobResources { RanksPerNode = 3 }));
        ChangeReport report = await Client.Jobs.UpdateAsync(edit => edit.SetResources(resources => resources with { RanksPerNode = resources.RanksPerNode + 2 }));
        Assert.That(report.Changed, Is.EqualTo(new[] { small.Id }));
        Assert.That(report.Unchanged[large.Id], Is.EqualTo(new UnchangedJob(WhyUnchanged.Invalid, "5 cores asked, the largest node has 4.")));
    }

    [Test]
    public async Task Update_DataThatGrowTooLong_IsRefusedForThatJob()
    {
        Job full = await Client.SubmitAsync(new NewJob("Norm").WithParameters(new[] { 1.0 }).WithData("big", new string('x', SubmissionLimits.DataLength - 100)));
        Job empty = await Client.SubmitAsync(new NewJob("Norm").WithParameters(new[] { 1.0 }));
        ChangeReport report = await Client.Jobs.UpdateAsync(edit => edit.SetData("more", new string('y', 200)));
        Assert.That(report.Changed, Is.EqualTo(new[] { empty.Id }));
        Assert.That((report.Unchanged[full.Id].Why, report.Unchanged[full.Id].Message), Is.EqualTo((WhyUnchanged.Invalid, "the data are 512120 characters of JSON, 512000 are allowed. Write large values to a file in the workdir.")));
    }

    [Test]
    public async Task Update_OfACutAndOrderedQuery_ChangesOnlyThose()
    {
        IReadOnlyList<Job> jobs = await Client.SubmitAsync(Enumerable.Range(0, 5).Select(i => new NewJob("Norm").WithParameters(new[] { 1.0 }).WithPriority(i)));
        ChangeReport report = await Client.Jobs.OrderByDescending(JobField.Priority).Skip(1).Take(2).UpdateAsync(edit => edit.Tag("picked", "yes"));
        Assert.That(report.Changed, Is.EqualTo(new[] { jobs[2].Id, jobs[3].Id }));
        Assert.That(await Client.Jobs.WithTag("picked").CountAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task QueryChange_OfAJobThatLeavesTheQueryMeanwhile_LeavesIt()
    {
        Job job = await SubmitToolAsync();
        ChangeReport report = await _harness.MeanwhileAsync(
            () => _harness.MoveAsync(job, JobTrigger.Preprocessed), client => client.Jobs.InState(JobState.StagedIn).CancelAsync("enough"));
        Assert.That((report.Changed.Count, report.Unchanged[job.Id].Why), Is.EqualTo((0, WhyUnchanged.NoLongerMatches)));
        Assert.That(report.Unchanged[job.Id].Message, Does.StartWith("it no longer meets the query: it is PREPROCESSED now, last changed at "));
        report = await _harness.MeanwhileAsync(() => Client.CancelAsync(job.Id, "enough"), client => client.Jobs.InState(JobState.Preprocessed).DeleteAsync());
        Assert.That((report.Changed.Count, report.Unchanged[job.Id].Why), Is.EqualTo((0, WhyUnchanged.NoLongerMatches)));
        report = await _harness.MeanwhileAsync(
            () => Client.UpdateAsync(job.Id, edit => edit.Tag("study", "z")), client => client.Jobs.WithTag("study", "a").UpdateAsync(edit => edit.SetPriority(1)));
        Assert.That(report.Unchanged[job.Id].Why, Is.EqualTo(WhyUnchanged.NoLongerMatches));
    }

    [Test]
    public async Task DescendantsOf_AJob_AreUsableInReadsAndChanges()
    {
        NewJob mesh = new("Norm");
        NewJob[] runs = [new NewJob("Norm").After(mesh), new NewJob("Norm").After(mesh)];
        NewJob plot = new NewJob("Norm").After(runs[0]).After(runs[1]);
        IReadOnlyList<Job> jobs = await Client.SubmitAsync([plot, .. runs, mesh, new NewJob("Norm")]);
        JobId top = jobs[3].Id;
        Assert.That((await Client.Jobs.DescendantsOf(top).ToListAsync()).Select(job => job.Id), Is.EqualTo(new[] { jobs[0].Id, jobs[1].Id, jobs[2].Id }));
        Assert.That(await Client.Jobs.DescendantsOf(jobs[1]).CountAsync(), Is.EqualTo(1));
        Assert.That(await Client.Jobs.DescendantsOf(new JobId(99)).ExistsAsync(), Is.False);
        Assert.That(Client.Jobs.InState(JobState.Failed).DescendantsOf(top).ToString(), Is.EqualTo($"jobs with state is FAILED and descendant of job {top}"));
        Assert.That(Client.Jobs.DescendantsOf(top).DescribePlan(), Does.StartWith($"Look up the descendants of job {top}; read only those."));
        Assert.Throws<InvalidOperationException>(() => Client.Jobs.WhereNot(query => query.DescendantsOf(top)));
        Assert.Throws<InvalidOperationException>(() => Client.Jobs.Take(1).DescendantsOf(top));
        List<JobId> streamed = [];
        await foreach (Job job in Client.Jobs.DescendantsOf(top).InState(JobState.AwaitingParents))
        {
            streamed.Add(job.Id);
        }

        Assert.That(streamed, Has.Count.EqualTo(3));
        ChangeReport report = await Client.Jobs.DescendantsOf(top).CancelAsync("wrong mesh");
        Assert.That(report.Changed, Is.EqualTo(new[] { jobs[0].Id, jobs[1].Id, jobs[2].Id }));
        Assert.That(await Client.Jobs.WithFailure(FailureKind.Cancelled).CountAsync(), Is.EqualTo(3));
    }

    private async Task<Job> AddAsync(string application)
    {
        await _harness.Store.OpenAsync(default);
        return (await _harness.Store.CommitAsync([new JobCommit { Additions = [new JobAddition { Application = application, Site = SiteName.Local }] }], default))[0].Added[0];
    }

    private Task<Job> SubmitToolAsync() => Client.SubmitAsync(
        new NewJob("Tool").WithParameters(new { Input = "a.xyz" }).Tag("study", "a").Tag("draft", "yes").WithData("keep", 1).WithData("old", true));
}
