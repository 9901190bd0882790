namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Submitting
{
    [Test]
    public async Task Submitting_AsOnThePage_Works()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Relax>().AddApplication<Mesh>());
        BalsamClient client = docs.Client;

        #region submit
        NewJob mesh = Mesh.NewJob("study/mesh", 64).WithKey("study/mesh-64");
        IEnumerable<NewJob> runs = Enumerable.Range(0, 3).Select(i =>
            Relax.NewJob($"study/{i}", new Relax.Parameters(i)).WithKey($"study/{i}").After(mesh).Tag("study", "a"));
        IReadOnlyList<Job> jobs = await client.SubmitAsync([mesh, .. runs]);
        #endregion

        #region again
        NewJob same = Mesh.NewJob("study/mesh", 64).WithKey("study/mesh-64");
        NewJob more = Relax.NewJob("study/3", new Relax.Parameters(3)).WithKey("study/3").After(same);
        IReadOnlyList<Job> both = await client.SubmitAsync([same, more]);   // one is new, below the mesh that was there
        #endregion

        Assert.That(both[0].Id, Is.EqualTo(jobs[0].Id));
        Assert.That(both[1].Parents.Single().Parent, Is.EqualTo(jobs[0].Id));
        Assert.That(await client.Jobs.CountAsync(), Is.EqualTo(5));

        #region find
        Job stored = await client.Jobs.WithKey("study/mesh-64").SingleAsync();
        List<Job> some = await client.Jobs.Where(j => j.Key == "study/0" || j.Key == "study/1").ToListAsync();
        #endregion

        Assert.That((stored.Id, some.Count), Is.EqualTo((jobs[0].Id, 2)));

        #region check
        SubmitCheck check = await client.CheckAsync([same, Relax.NewJob("study/3", new Relax.Parameters(-3)).WithKey("study/3"), Relax.NewJob("study/4", new Relax.Parameters(4))]);
        Console.WriteLine(check);
        foreach (SubmitCheckItem item in check.Jobs.Where(item => item.IsDifferent))
        {
            Console.WriteLine($"job {item.Stored!.Id}: {string.Join("; ", item.Differences)}");
        }
        #endregion

        Assert.That((check.CanSubmit, check.New, check.Existing, check.Different), Is.EqualTo((true, 1, 2, 1)));
        Assert.That(await client.Jobs.CountAsync(), Is.EqualTo(5));
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
