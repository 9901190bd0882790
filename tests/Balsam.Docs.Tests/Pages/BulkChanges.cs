namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class BulkChanges
{
    [Test]
    public async Task BulkChanges_AsOnThePage_Work()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Relax>().AddApplication<Mesh>());
        BalsamClient client = docs.Client;
        NewJob root = Mesh.NewJob("study/mesh", 2);
        IReadOnlyList<Job> jobs = await client.SubmitAsync(
            [root, .. Enumerable.Range(0, 3).Select(i => Relax.NewJob($"study/{i}", new Relax.Parameters(i)).After(root).Tag("study", "a").Tag("draft", "yes"))]);
        Job mesh = jobs[0];
        await docs.Site.RunUntilIdleAsync();

        #region change
        await client.Jobs.WithTag("study", "a").UpdateAsync(edit => edit.Tag("study", "b").RemoveTag("draft").SetPriority(5));
        await client.Jobs.InState(JobState.Failed).UpdateAsync(edit => edit
            .SetParameter("tolerance", 1e-3)
            .SetResources(resources => resources with { TimeLimit = TimeSpan.FromHours(2) }));
        await client.Jobs.InState(JobState.Failed).WithTag("study", "b").RestartAsync();
        await client.Jobs.DescendantsOf(mesh).CancelAsync("wrong mesh");
        ChangeReport report = await client.DeleteAsync(mesh.Id, DeleteScope.WithDescendants);
        Console.WriteLine(report);
        foreach ((JobId id, UnchangedJob reason) in report.Unchanged.Where(entry => entry.Value.Why == WhyUnchanged.Running))
        {
            Console.WriteLine($"{id}: {reason}");
        }
        #endregion

        Assert.That((report.Changed, report.Unchanged.Count), Is.EqualTo((jobs.Select(job => job.Id), 0)), report.ToString());
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
