namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Queries
{
    [Test]
    public async Task Queries_AsOnThePage_Work()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Relax>().AddApplication<Mesh>());
        BalsamClient client = docs.Client;
        DateTimeOffset midnight = DateTimeOffset.UtcNow.Date;
        double limit = 0;
        NewJob root = Mesh.NewJob("study/mesh", 2);
        IReadOnlyList<Job> jobs = await client.SubmitAsync(
            [root, .. Enumerable.Range(0, 60).Select(i => Relax.NewJob($"study/{i}", new Relax.Parameters(i)).After(root).Tag("study", "a").WithData("energy", i - 30.0))]);
        Job parent = jobs[0];
        await docs.Site.RunUntilIdleAsync();

        #region first
        List<Job> failed = await client.Jobs
            .WithApplication("Relax").InState(JobState.Failed).WithTag("study", "a").UnderWorkdir("study/")
            .OrderByDescending(JobField.LastUpdate).Take(10).ToListAsync();
        #endregion

        #region conditions
        JobQuery query = client.Jobs
            .WithApplications("Relax", "Mesh").NotInState(JobStates.Claimable).WithTags(("study", "a"), ("mesh", "fine")).WithTag("run")
            .ChildrenOf(parent).WithWorkdirContaining("/1").UpdatedAfter(midnight).CreatedBefore(midnight)
            .WithAttempts(2, 5).WithPriority(min: 1).WithReturnCode(0).WithFailure(FailureKind.Signal, FailureKind.TimeLimit);
        #endregion

        #region json
        long converged = await client.Jobs.WithData("energy", Comparison.Less, 0).WithData("fit.points[0].x", 1).WithParameter("tolerance", 1e-3).CountAsync();
        #endregion

        int listed = 0;
        #region predicate
        await foreach (Job job in client.Jobs.Where(j => j.State == JobState.Failed && j.Tags["study"] == "a" && j.Data.Get<double>("energy") < limit))
        {
            Console.WriteLine($"{job.Workdir}: {job.Failure?.Message}");
        }
        #endregion

        #region combined
        JobQuery trouble = client.Jobs.WhereAny(q => q.InState(JobState.Failed), q => q.WithAttempts(min: 3)).WhereNot(q => q.WithTag("ignore"));
        JobFilter late = new LastUpdateFilter(null, midnight) & !new StateFilter(JobStates.Final);
        long stuck = await client.Jobs.Where(late | new AttemptFilter(3, null)).CountAsync();
        #endregion

        #region pages
        List<Job> page = await client.Jobs.InState(JobState.Failed).Take(50).ToListAsync();
        List<Job> next = await client.Jobs.InState(JobState.Failed).AfterId(page[^1].Id).Take(50).ToListAsync();
        #endregion

        #region one
        Job first = await client.Jobs.WithTag("study", "a").FirstAsync();
        Job only = await client.Jobs.WithIds(first.Id).SingleAsync();
        JobCounts counts = await client.Jobs.WithTag("study", "a").CountByStateAsync();
        #endregion

        #region transfers
        await foreach (JobTransfer waiting in client.Transfers.InState(TransferState.Pending, TransferState.Active).AtLocation("laptop").WithTag("study", "a"))
        {
            Console.WriteLine($"{waiting}: {waiting.Item.Error}");
        }

        IReadOnlyDictionary<TransferState, long> transfers = await client.Transfers.OfJobs(client.Jobs.ChildrenOf(parent)).CountByStateAsync();
        #endregion

        #region plan
        Console.WriteLine(client.Jobs.InState(JobState.Failed).WithTag("study", "a").Take(10).DescribePlan());
        #endregion

        listed = await client.Jobs.InState(JobState.Failed).CountAsync() is var count ? (int)count : 0;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(failed, Has.Count.EqualTo(10));
            Assert.That(await query.CountAsync(), Is.Zero);
            Assert.That(converged, Is.Zero);
            Assert.That(listed, Is.EqualTo(60));
            Assert.That(await trouble.CountAsync(), Is.EqualTo(60));
            Assert.That(stuck, Is.Zero);
            Assert.That(next, Has.Count.EqualTo(10));
            Assert.That(only.Id, Is.EqualTo(first.Id));
            Assert.That(transfers, Is.Empty);
            Assert.That(counts.Total, Is.EqualTo(60));
        }
    }

    private sealed class Relax : ApplicationDefinition<Relax.Parameters>
    {
        public sealed record Parameters(int Seed, double Tolerance = 1e-4);

        public override CommandTemplate Command => "test {{ seed }} = never -a {{ tolerance }} != 0";
    }

    private sealed class Mesh : FunctionApplication<int, int>
    {
        protected override Task<int> Run(int cells, RunContext context, CancellationToken cancellationToken) => Task.FromResult(cells * cells);
    }
}
