using Balsam.Core.Tests.Client;

namespace Balsam.Core.Tests.Submission;

/// <summary>Submitting the same keyed jobs again.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class KeyTests(StoreKind kind)
{
    private SubmitSite _site = null!;

    [SetUp]
    public void SetUp() => _site = new SubmitSite(kind);

    [TearDown]
    public async Task TearDown() => await _site.DisposeAsync();

    private static NewJob[] Study(int runs)
    {
        NewJob mesh = Tool.NewJob("study/mesh", ("input", "h2o")).WithKey("study/mesh");
        return [mesh, .. Enumerable.Range(0, runs).Select(i => Relax.NewJob($"study/{i}", new Relax.Parameters($"{i}")).WithKey($"study/{i}").After(mesh))];
    }

    [Test]
    public async Task Submit_SameGraphWithMore_AddsOnlyWhatIsNew()
    {
        IReadOnlyList<Job> first = await _site.Client.SubmitAsync(Study(2));
        IReadOnlyList<Job> again = await _site.Client.SubmitAsync(Study(4));

        Assert.That(again.Take(3).Select(job => (job.Id, job.Version)), Is.EqualTo(first.Select(job => (job.Id, job.Version))));
        Assert.That(again.Select(job => job.Key), Is.EqualTo(new[] { "study/mesh", "study/0", "study/1", "study/2", "study/3" }));
        Assert.That(again.Skip(1).Select(job => job.Parents.Single().Parent), Has.All.EqualTo(first[0].Id));
        Assert.That(await _site.Client.Jobs.CountAsync(), Is.EqualTo(5));
    }

    [Test]
    public async Task Submit_ByManyAtOnce_EndsWithOneSet()
    {
        IReadOnlyList<Job>[] results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => _site.Client.SubmitAsync(Study(10)))));

        Assert.That(results.Select(jobs => string.Join(' ', jobs.Select(job => job.Id))).Distinct().ToArray(), Has.Length.EqualTo(1));
        Assert.That(await _site.Client.Jobs.CountAsync(), Is.EqualTo(11));
    }

    [Test]
    public async Task Jobs_WithKey_AreFound()
    {
        IReadOnlyList<Job> jobs = await _site.Client.SubmitAsync([.. Study(3), new NewJob("Norm")]);
        string wanted = "study/1";

        Assert.That((await _site.Client.Jobs.WithKey("study/mesh").SingleAsync()).Id, Is.EqualTo(jobs[0].Id));
        Assert.That((await _site.Client.Jobs.WithKey("study/2", "none", "study/0").ToListAsync()).Select(job => job.Id), Is.EqualTo(new[] { jobs[1].Id, jobs[3].Id }));
        Assert.That((await _site.Client.Jobs.Where(j => j.Key == wanted).SingleAsync()).Id, Is.EqualTo(jobs[2].Id));
        Assert.That((await _site.Client.Jobs.Where(j => j.Key == null).SingleAsync()).Id, Is.EqualTo(jobs[4].Id));
        Assert.That(await _site.Client.Jobs.WithKey("study").ExistsAsync(), Is.False);
        Assert.That(_site.Client.Jobs.Where(j => j.Key == wanted).DescribePlan(), Does.Contain("key is \"study/1\"").And.Not.Contain("every job"));
    }
}
