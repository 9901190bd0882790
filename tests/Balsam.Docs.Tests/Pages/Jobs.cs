namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Jobs
{
    [Test]
    public async Task Jobs_AsOnThePage_Work()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Relax>().AddApplication<Mesh>());
        BalsamSite site = docs.Site;
        BalsamClient client = docs.Client;

        #region make
        NewJob mesh = Mesh.NewJob("study/mesh", 64);
        NewJob run = Relax.NewJob("study/seed-7", new Relax.Parameters(7))
            .After(mesh)
            .Tag("study", "a")
            .WithData("origin", "table 3")
            .WithPriority(5)
            .WithResources(new JobResources { ThreadsPerRank = 1, MemoryPerNode = MemorySize.FromMebibytes(64), WallTime = TimeSpan.FromMinutes(2) });
        IReadOnlyList<Job> jobs = await client.SubmitAsync([mesh, run]);
        #endregion

        #region keys
        IReadOnlyList<Job> once = await client.SubmitAsync([StudyMesh(), StudyRun(0)]);
        IReadOnlyList<Job> again = await client.SubmitAsync([StudyMesh(), StudyRun(0), StudyRun(1)]);   // adds the last one only

        NewJob StudyMesh() => Mesh.NewJob("keyed/mesh", 64).WithKey("keyed/mesh-64");
        NewJob StudyRun(int seed) => Relax.NewJob($"keyed/{seed}", new Relax.Parameters(seed)).WithKey($"keyed/{seed}");
        #endregion

        Assert.That(again.Take(2).Select(job => job.Id), Is.EqualTo(once.Select(job => job.Id)));
        Assert.That(await client.Jobs.CountAsync(), Is.EqualTo(5));

        #region check
        SubmitCheck check = await client.CheckAsync([StudyMesh(), Relax.NewJob("keyed/1", new Relax.Parameters(-1)).WithKey("keyed/1"), StudyRun(2)]);
        Console.WriteLine(check);
        foreach (SubmitCheckItem item in check.Jobs.Where(item => item.IsDifferent))
        {
            Console.WriteLine($"job {item.Stored!.Id}: {string.Join("; ", item.Differences)}");
        }
        #endregion

        Assert.That((check.CanSubmit, check.New, check.Existing, check.Different), Is.EqualTo((true, 1, 2, 1)));
        Assert.That(await client.Jobs.CountAsync(), Is.EqualTo(5));
        await site.RunUntilIdleAsync();

        await ReadAsync();
        await ChangeAsync();

        async Task ReadAsync()
        {
            #region read
            Job job = await client.GetAsync(jobs[1].Id);
            Job? perhaps = await client.FindAsync(new JobId(1_000_000));
            Job keyed = await client.Jobs.WithKey("keyed/mesh-64").SingleAsync();
            int seed = job.GetParameters<Relax.Parameters>().Seed;
            string? origin = job.Data.Get<string>("origin");
            string output = await File.ReadAllTextAsync(Path.Combine(site.WorkdirOf(job), "job.out"));
            foreach (JobEvent step in await client.GetHistoryAsync(job.Id))
            {
                Console.WriteLine($"{step.At:u} {step.From.ToText()} to {step.To.ToText()} {step.Message}");
            }
            #endregion

            Assert.That((perhaps, keyed.Id, seed, origin, output), Is.EqualTo(((Job?)null, once[0].Id, 7, "table 3", "relaxing 7\n")));
            Assert.That((job.State, job.Attempt, job.ReturnCode, job.Priority), Is.EqualTo((JobState.Failed, 1, 1, 5)));
        }

        async Task ChangeAsync()
        {
            #region edit
            await client.Jobs.WithTag("study", "a").UpdateAsync(edit => edit.Tag("study", "b").RemoveTag("draft").SetPriority(5));
            ChangeReport edited = await client.Jobs.InState(JobState.Failed).UpdateAsync(edit => edit
                .SetParameter("tolerance", 1e-3)
                .SetResources(resources => resources with { TimeLimit = TimeSpan.FromHours(2) }));
            Console.WriteLine(edited);
            foreach ((JobId id, UnchangedJob reason) in edited.Unchanged.Where(entry => entry.Value.Why == WhyUnchanged.Invalid))
            {
                Console.WriteLine($"{id}: {reason}");
            }
            #endregion

            Assert.That((edited.Changed, edited.Unchanged.Count), Is.EqualTo((new[] { jobs[1].Id, again[1].Id, again[2].Id }, 0)), edited.ToString());

            #region restart
            await client.Jobs.InState(JobState.Failed).WithTag("study", "b").RestartAsync();
            #endregion

            #region delete
            await client.Jobs.DescendantsOf(jobs[0]).CancelAsync("wrong mesh");
            await site.RunUntilIdleAsync();                                // what ran has ended
            ChangeReport deleted = await client.DeleteAsync(jobs[0].Id, DeleteScope.WithDescendants);
            #endregion

            Assert.That((deleted.Changed, deleted.Unchanged.Count), Is.EqualTo((jobs.Select(job => job.Id), 0)), deleted.ToString());
        }
    }

    private sealed class Relax : ApplicationDefinition<Relax.Parameters>
    {
        public sealed record Parameters(int Seed, double Tolerance = 1e-4);

        public override CommandTemplate Command => "echo relaxing {{ seed }}; test {{ tolerance }} = never";
    }

    private sealed class Mesh : FunctionApplication<int, int>
    {
        protected override Task<int> Run(int cells, RunContext context, CancellationToken cancellationToken) => Task.FromResult(cells * cells);
    }
}
