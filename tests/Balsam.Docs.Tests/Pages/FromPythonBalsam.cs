using Microsoft.Extensions.Logging;

namespace Balsam.Docs.Tests.Pages;

// Holds every call of the page's tables, as it is written there: see FromPythonBalsamTable.
[TestFixture]
public sealed class FromPythonBalsam
{
    [Test]
    public async Task Jobs_AsInTheTables_Work()
    {
        string directory = Directory.CreateTempSubdirectory("balsam-docs-").FullName;
        {
            await using var site = await BalsamSite.OpenAsync(directory, balsam => Configure(balsam));
            BalsamClient client = site.Client;
            Job job = await client.SubmitAsync(Relax.NewJob("study/1", new Relax.Parameters("a.xyz")));
            NewJob untyped = new NewJob("Relax", "study/2").With("input", "b.xyz");
            untyped.Tag("study", "a").WithData("origin", "table 3").WithResources(new JobResources
            {
                Nodes = 1, RanksPerNode = 1, ThreadsPerRank = 1, ThreadsPerCore = 1, GpusPerRank = ResourceAmount.FromUnits(0), PackingCount = 4,
                WallTime = TimeSpan.FromMinutes(20), LaunchParameters = new Dictionary<string, string> { ["cpu_bind"] = "depth" },
            });
            NewJob after = Relax.NewJob("study/3", new Relax.Parameters("c.xyz")).Tag("study", "a").After(untyped).After(job);
            IReadOnlyList<Job> jobs = await client.SubmitAsync([untyped, after]);
            await site.RunUntilIdleAsync();

            job = await client.GetAsync(job.Id);
            Assert.That((job.State, job.State.IsFinal(), job.ReturnCode), Is.EqualTo((JobState.JobFinished, true, (int?)0)));
            Assert.That((job.GetParameters<Relax.Parameters>().Input, job.Application.Value, job.Tags.Count, job.Data.Get<int>("attempts")), Is.EqualTo(("a.xyz", "Relax", 0, 1)));
            Assert.That(await File.ReadAllTextAsync(Path.Combine(site.WorkdirOf(job), "job.out")), Is.EqualTo("relax a.xyz to 0.0001\n"));
            Assert.That((await client.FindAsync(job.Id))!.Parents, Is.Empty);
            Assert.That(await client.Jobs.ParentsOf(jobs[1]).CountAsync(), Is.EqualTo(2));
            Assert.That(await client.Jobs.ChildrenOf(job).CountAsync(), Is.EqualTo(1));
            Assert.That(await client.Jobs.DescendantsOf(job).CountAsync(), Is.EqualTo(1));

            JobId[] ids = [.. jobs.Select(each => each.Id)];
            await client.UpdateAsync(job.Id, edit => edit.Tag("study", "b").SetData("energy", -1.5).SetParameter("tolerance", 1e-3));
            await client.UpdateAsync(ids, edit => edit.SetPriority(5));
            await client.Jobs.WithTag("study", "b").UpdateAsync(edit => edit.RemoveTag("study"));
            Assert.That((await client.Jobs.WithIds(ids).ToListAsync()).Select(each => each.Priority), Is.EqualTo(new[] { 5, 5 }));
            await client.RestartAsync(job.Id);
            await client.CancelAsync(job.Id, "not needed");
            await client.Jobs.DescendantsOf(job).CancelAsync("not needed");
            await client.Jobs.InState(JobState.Failed).RestartAsync();
            await site.RunUntilIdleAsync();
            Assert.That((await client.GetAsync(job.Id)).State, Is.EqualTo(JobState.JobFinished));

            Assert.That((await client.CheckAsync(untyped)).CanSubmit);
            Assert.That(async () => await job.ResultAsync<int>(), Throws.TypeOf<JobResultMissingException>());
            Assert.That(async () => await client.GetAsync(new JobId(1000)), Throws.TypeOf<JobNotFoundException>());
            Assert.That(async () => await client.Jobs.SingleAsync(), Throws.TypeOf<JobQueryException>());
            Assert.That(await client.Jobs.WithFailure(FailureKind.Cancelled, FailureKind.ParentFailed).CountAsync(), Is.Zero);
            Assert.That(Directory.Exists(Path.Combine(site.DataDirectory, "study", "1")));
            Assert.That((await client.DeleteAsync(job.Id)).Changed, Has.Count.EqualTo(1));
            Assert.That((await client.Jobs.WithTag("study", "a").DeleteAsync()).Changed, Has.Count.EqualTo(2));
            Assert.That((await client.Applications.ListAsync()).Count, Is.EqualTo(2));
            Assert.That((await client.Applications.FindAsync("Relax"))!.Description, Is.EqualTo("Relaxes a molecule."));
            Assert.That((await client.Applications.FindAsync("OldRelax"))!.Name.Value, Is.EqualTo("Relax"));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Queries_AsInTheTables_Work()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => Configure(balsam));
        BalsamClient client = docs.Client;
        BalsamSite site = docs.Site;
        DateTimeOffset start = DateTimeOffset.UtcNow.AddHours(-1);
        DateTimeOffset end = start.AddHours(2);
        IReadOnlyList<Job> jobs = await client.SubmitAsync(Enumerable.Range(0, 30).Select(i => Square.NewJob($"square/{i}", i).Tag("study", "a")));
        Job job = jobs[0];
        IReadOnlyList<Job> all = await client.WaitAsync(jobs, timeout: TimeSpan.FromMinutes(1));
        IReadOnlyList<Job> some = await client.WaitAsync(jobs, WaitFor.First);
        await foreach (Job done in client.WhenEachAsync(jobs))
        {
            Assert.That(done.State, Is.EqualTo(JobState.JobFinished));
        }

        int result = await jobs[3].ResultAsync<int>();
        Assert.That((result, all.Count, some.Count), Is.EqualTo((9, 30, 30)));
        Assert.That(all[3].TryGetResult(out int known) ? known : 0, Is.EqualTo(9));
        await site.RunUntilIdleAsync();

        Assert.That(await client.Jobs.WithApplication<Square>().CountAsync(), Is.EqualTo(30));
        JobQuery[] same =
        [
            client.Jobs, client.Jobs.WithApplication("Square"), client.Jobs.InState(JobState.JobFinished), client.Jobs.InState(JobStates.Final), client.Jobs.NotInState(JobState.Failed),
            client.Jobs.WithTag("study", "a"), client.Jobs.WithTags(("study", "a")), client.Jobs.WithIds(jobs.Select(each => each.Id)), client.Jobs.UnderWorkdir("square"),
            client.Jobs.WithWorkdirContaining("square"), client.Jobs.Where(j => j.Workdir.StartsWith("square/")), client.Jobs.UpdatedAfter(start).UpdatedBefore(end), client.Jobs.InSite("local"),
            client.Jobs.WhereAny(q => q.InState(JobState.Failed), q => q.WithReturnCode(1), q => q.WithTag("study")),
        ];
        foreach (JobQuery query in same)
        {
            Assert.That(await query.CountAsync(), Is.EqualTo(30), query.DescribePlan());
        }

        Assert.That(await client.Jobs.WithWorkdirContaining("square").NotInState(JobState.Failed).CountAsync(), Is.EqualTo(30));
        Assert.That(await client.Jobs.WithParameter("tolerance", 1e-3).ToListAsync(), Is.Empty);
        Assert.That(await client.Jobs.WithData("energy", Comparison.Less, 0).ExistsAsync(), Is.False);
        Assert.That((await client.Jobs.WithIds(job.Id).SingleAsync()).Id, Is.EqualTo(job.Id));
        Assert.That((await client.Jobs.FirstAsync()).Id, Is.EqualTo(job.Id));
        Assert.That(await client.Jobs.InState(JobState.Failed).FirstOrDefaultAsync(), Is.Null);
        Assert.That((await client.Jobs.OrderByDescending(JobField.LastUpdate).Skip(10).Take(10).ToListAsync()).Count, Is.EqualTo(10));
        Assert.That((await client.Jobs.OrderBy(JobField.Workdir).ToListAsync()).Count, Is.EqualTo(30));
        Assert.That((await client.CountByStateAsync())[JobState.JobFinished], Is.EqualTo(30));
        Assert.That((await client.Jobs.WithTag("study", "a").CountByStateAsync()).Total, Is.EqualTo(30));
        await foreach (Job each in client.Jobs)
        {
            Assert.That(each.GetResult<int>(), Is.EqualTo(each.GetParameters<int>() * each.GetParameters<int>()));
        }

        Assert.That(await client.GetHistoryAsync(job.Id), Is.Not.Empty);
        Assert.That(await client.Events.OfJob(job.Id).To(JobState.Running).CountAsync(), Is.EqualTo(1));
        Assert.That(await client.Events.OfJobs(q => q.WithTag("study", "a")).From(JobState.Running).Between(start, end).CountAsync(), Is.EqualTo(30));
        Assert.That(await client.Events.Descending().Take(10).ToListAsync(), Has.Count.EqualTo(10));
        CampaignAnalysis analysis = await client.AnalyzeAsync(client.Jobs.WithTag("study", "a"));
        StepSeries[] series = [analysis.Finished, analysis.BusyNodes, analysis.BusyCores, analysis.AvailableNodes];
        Assert.That(series.Select(each => each.Points.Count), Has.All.GreaterThan(0));
        Assert.That((await client.ExplainAsync(job.Id)).Outlook, Is.EqualTo(JobOutlook.Ended));
    }

    [Test]
    public async Task Hooks_AsInTheTables_GrowTheGraph()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Grow>().AddApplication<Square>());
        BalsamClient client = docs.Client;
        NewJob first = Grow.NewJob("grow");
        NewJob last = Square.NewJob("last", 4).After(first);
        NewJob extra = Square.NewJob("extra", 5);
        IReadOnlyList<Job> jobs = await client.SubmitAsync([first, last, extra]);
        await docs.Site.RunUntilIdleAsync();
        Assert.That((await client.GetAsync(jobs[1].Id)).Parents, Has.Length.EqualTo(2));
        Assert.That(await client.Jobs.ChildrenOf(jobs[0]).CountAsync(), Is.EqualTo(2));
        Assert.That((await client.GetAsync(jobs[0].Id)).Attempt, Is.EqualTo(2));

        Job parent = await client.WaitAsync(await client.SubmitAsync(Grow.NewJob("failing", ("exit", 1))));
        Job child = await client.SubmitAsync(Square.NewJob("child", 6).After(parent, DependencyCondition.SuccessOrHold));
        await client.AddParentsAsync(child.Id, [jobs[2].Id]);
        Job whatever = await client.SubmitAsync(Square.NewJob("whatever", 7).After(parent, DependencyCondition.Either));
        Assert.That(await whatever.ResultAsync<int>(), Is.EqualTo(49));
        Assert.That((parent.Failure!.Kind, (await client.GetAsync(child.Id)).State), Is.EqualTo((FailureKind.HookDecision, JobState.AwaitingParents)));
    }

    [Test]
    public async Task Transfers_AsInTheTables_BringFilesInAndOut()
    {
        string laptop = Directory.CreateTempSubdirectory("balsam-docs-").FullName;
        await File.WriteAllTextAsync(Path.Combine(laptop, "a.xyz"), "H");
        {
            await using DocsSite docs = await DocsSite.OpenAsync(balsam =>
            {
                balsam.AddApplication<Measure>().AddTransferLocation("laptop", new Uri(laptop).AbsoluteUri);
                balsam.AddLauncher(options => options.Cleanup.Enabled = true);
            });
            BalsamClient client = docs.Client;
            Job job = await client.SubmitAsync(Measure.NewJob("measure").Transfer("geometry", "laptop:/a.xyz"));
            await docs.Site.RunUntilIdleAsync();

            job = await client.GetAsync(job.Id);
            Assert.That((job.State, job.ReturnCode), Is.EqualTo((JobState.JobFinished, (int?)0)), job.Failure?.Message);
            Assert.That(await client.Transfers.InState(TransferState.Done).CountAsync(), Is.EqualTo(1));
        }

        Directory.Delete(laptop, recursive: true);
    }

    private static void Configure(IBalsamBuilder balsam)
    {
        balsam.AddApplication<Relax>();
        balsam.AddApplication<Square>();
        balsam.Configure(options => options.Site = "local");
        balsam.AddLauncher(options =>
        {
            options.Filter = !JobFilter.Matching(j => j.Tags["study"] == "draft");
            options.WallTime = TimeSpan.FromHours(2);
            options.IdleTimeout = TimeSpan.FromMinutes(5);
            options.Nodes.Add(new NodeSpec("here", cores: 2, gpus: 0, MemorySize.FromGibibytes(4)));
            options.HookConcurrency = 5;
            options.ErrorTailLines = 10;
            options.KillGrace = TimeSpan.FromSeconds(10);
        });
    }

    [System.ComponentModel.Description("Relaxes a molecule.")]
    [FormerNames("OldRelax")]
    private sealed class Relax : ApplicationDefinition<Relax.Parameters>
    {
        public sealed record Parameters(string Input, double Tolerance = 1e-4);

        public override CommandTemplate Command => "echo relax {{ input }} to {{ tolerance }}";

        public override string Preamble => "set -e";

        public override IReadOnlyDictionary<string, string> EnvironmentVariables => new Dictionary<string, string> { ["SCRATCH"] = "/tmp" };

        public override JobResources Resources => new() { ThreadsPerRank = 1 };

        public override RetryPolicy Retry => new(maxAttempts: 3);

        protected override Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken)
        {
            context.Log.LogInformation("relaxing");
            Assert.That(context.GetParameters<Parameters>().Input, Is.Not.Empty);
            return Task.FromResult(PreprocessOutcome.Ready);
        }

        protected override Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            context.Data.Set("attempts", context.Attempt);
            context.Tags.Set("checked", "yes");
            context.Tags.Remove("checked");
            return Task.FromResult(PostprocessOutcome.Done);
        }
    }

    private sealed class Measure : ApplicationDefinition
    {
        public override CommandTemplate Command => "test -s input.xyz";

        public override IReadOnlyList<TransferSlot> TransferSlots => [TransferSlot.In("geometry", "input.xyz"), TransferSlot.Out("log", "job.log") with { IsRequired = false }];

        public override IReadOnlyList<string> CleanupFiles => ["*.tmp"];

        public override IReadOnlyList<string> InputsFromParents => ["*.dat"];
    }

    private sealed class Square : FunctionApplication<int, int>
    {
        protected override Task<int> Run(int input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input * input);
    }

    private sealed class Grow : ApplicationDefinition
    {
        public override CommandTemplate Command => "exit {{ exit }}";

        public override IReadOnlyList<ApplicationParameter> DeclaredParameters => [ApplicationParameter.Optional("exit", 0)];

        protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            if (context.Attempt == 1)
            {
                return PostprocessOutcome.Restart("once more");
            }

            IReadOnlyList<ParentJob> parents = await context.GetParentsAsync(cancellationToken);
            IReadOnlyList<Job> children = await context.GetChildrenAsync(cancellationToken);
            NewJob child = context.Submit(Square.NewJob("square", parents.Count + children.Count));
            context.AddParents(children[0].Id, [child]);
            return PostprocessOutcome.Done;
        }

        protected override Task<ErrorOutcome> HandleError(JobContext context, CancellationToken cancellationToken) =>
            Task.FromResult(context.Attempt < 2 ? ErrorOutcome.Restart("again") : ErrorOutcome.Fail("two attempts"));

        protected override Task<TimeoutOutcome> HandleTimeout(JobContext context, CancellationToken cancellationToken) =>
            Task.FromResult(TimeoutOutcome.Restart("more time", delay: TimeSpan.FromMinutes(1)));
    }
}
