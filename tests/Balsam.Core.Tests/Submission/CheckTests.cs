using Balsam.Core.Tests.Client;

namespace Balsam.Core.Tests.Submission;

/// <summary>What a check says, and that it writes nothing.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class CheckTests(StoreKind kind)
{
    private SubmitSite _site = null!;

    [SetUp]
    public void SetUp() => _site = new SubmitSite(kind);

    [TearDown]
    public async Task TearDown() => await _site.DisposeAsync();

    [Test]
    public async Task Check_PartlyStoredGraph_TellsAndWritesNothing()
    {
        await _site.Client.SubmitAsync([Relax.NewJob("study/1", new Relax.Parameters("h2o")).WithKey("1"), Relax.NewJob("study/2", new Relax.Parameters("h2o")).WithKey("2")]);
        (long, long, long) before = await _site.ExtentAsync();

        SubmitCheck check = await _site.Client.CheckAsync(
        [
            Relax.NewJob("study/1", new Relax.Parameters("h2o")).WithKey("1"), Relax.NewJob("study/2", new Relax.Parameters("co2", 1e-3)).WithKey("2"),
            Tool.NewJob("study/3", ("input", "h2 o")).WithKey("3"), new NewJob("Norm").WithParameters<double[]>([1, 2]).WithResources(new JobResources { ThreadsPerRank = 3 }),
        ]);

        Assert.That(await _site.ExtentAsync(), Is.EqualTo(before));
        Assert.That((check.CanSubmit, check.New, check.Existing, check.Different), Is.EqualTo((true, 2, 2, 1)));
        Assert.That(check.Warnings, Is.Empty);
        Assert.That(check.Jobs.Select(job => (job.Index, job.Stored?.Id.Value, job.IsNew, job.IsDifferent)), Is.EqualTo(new (int, long?, bool, bool)[]
        {
            (0, 1, false, false), (1, 2, false, true), (2, null, true, false), (3, null, true, false),
        }));
        Assert.That(check.Jobs.Select(job => job.Command), Is.EqualTo(new[] { "relax h2o 0.0001 ''", "relax co2 0.001 ''", "tool 'h2 o' --tol 0.0001", null }));
        Assert.That(check.Jobs.Select(job => job.Workdir), Is.EqualTo(new[] { "study/1", "study/2", "study/3", "Norm/{id}" }));
        Assert.That(check.Jobs.Select(job => job.Resources.CoresPerNode), Is.EqualTo(new[] { 2, 2, 1, 3 }));
        Assert.That(check.Jobs[1].Differences.Select(difference => difference.ToString()), Is.EqualTo(new[]
        {
            "parameters.input is \"h2o\", given \"co2\"", "parameters.tolerance is 0.0001, given 0.001",
        }));
    }

    [Test]
    public async Task Check_StoredJob_NamesEveryDifference()
    {
        Job other = await _site.Client.SubmitAsync(new NewJob("Norm"));
        Job stored = await _site.Client.SubmitAsync(
            Tool.NewJob("a", ("input", "x")).WithKey("k").Tag("study", "a").Tag("kept", "1").WithData("n", 1).WithData("more", true).After(other));

        NewJob parent = new("Norm", "parent");
        SubmitCheck check = await _site.Client.CheckAsync(
        [
            parent,
            new NewJob("Relax", "b").With("input", "x").With("tolerance", 1).WithKey("k").InSite("cluster").Tag("study", "b").Tag("new", "2").WithData("n", 2).WithPriority(4)
                .WithResources(new JobResources { Nodes = 2, WallTime = TimeSpan.FromMinutes(5), Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 1 } }).After(parent, DependencyCondition.Either),
        ]);

        Assert.That(check.Jobs[1].Stored!.Id, Is.EqualTo(stored.Id));
        Assert.That(check.Jobs[1].Differences, Is.EqualTo(new[]
        {
            new SubmitDifference("application", "Tool", "Relax"), new("site", "local", "cluster"), new("workdir", "a", "b"), new("parameters.tolerance", "0.0001", "1"),
            new("parameters.cells", null, "null"), new("tags.new", null, "2"), new("tags.study", "a", "b"), new("data.n", "1", "2"), new("resources.nodes", "1", "2"),
            new("resources.wallTime", null, "00:05:00"), new("resources.custom", null, "licence 1"), new("priority", "0", "4"),
            new("parents", $"job {other.Id} (Success)", "[0] Norm in parent (Either)"),
        }));
    }

    [Test]
    public async Task Check_ParentStoredUnderItsKey_IsTheSameParent()
    {
        NewJob[] Graph() => [new NewJob("Norm", "p").WithKey("p"), new NewJob("Norm", "c").WithKey("c")];
        NewJob[] first = Graph();
        first[1].After(first[0]);
        IReadOnlyList<Job> stored = await _site.Client.SubmitAsync(first);

        NewJob[] bySibling = Graph();
        bySibling[1].After(bySibling[0]);
        NewJob byId = new NewJob("Norm", "c").WithKey("c").After(stored[0]);

        Assert.That((await _site.Client.CheckAsync(bySibling)).Different, Is.Zero);
        Assert.That((await _site.Client.CheckAsync(byId)).Different, Is.Zero);
    }

    [Test]
    public async Task Check_AnythingASubmitRefuses_HasTheSameProblems()
    {
        Job stored = await _site.Client.SubmitAsync(new NewJob("Norm", "stored").WithKey("stored"));
        NewJob a = new("Norm", "a");
        NewJob b = new NewJob("Norm", "b").After(a);
        a.After(b);
        NewJob again = new NewJob("Norm", "stored").WithKey("stored");
        NewJob[] jobs =
        [
            a, b, new NewJob("Unknown", "c"), new NewJob("Norm").After(new JobId(999)), Tool.NewJob("d"), Tool.NewJob("e", ("input", 1), ("surplus", 2)),
            new NewJob("Relax", "f").With("input", "x").With("tolerance", "tight"), new NewJob("Norm", "../out"), new NewJob("Norm", "a/"), new NewJob("Norm").WithResources(new JobResources { Nodes = 7 }),
            new NewJob("Norm").Tag("bad\nkey", "v"), new NewJob("Norm").WithKey("twice"), new NewJob("Norm").WithKey("twice"), new NewJob("Norm").WithKey("control\u0001"),
            new NewJob("Carry").Transfer("nowhere", "laptop:/a"), new NewJob("Carry").Transfer("geometry", "cluster:/a"), new NewJob("Carry").Transfer("geometry", "laptop:/.."),
            again, new NewJob("Norm").After(again).After(stored, DependencyCondition.Either),
        ];
        (long, long, long) before = await _site.ExtentAsync();

        SubmitCheck check = await _site.Client.CheckAsync(jobs);
        SubmitRefusedException? refused = await Assert.ThrowsAsync<SubmitRefusedException>(() => _site.Client.SubmitAsync(jobs));

        Assert.That(check.Problems, Is.EqualTo(refused!.Problems));
        Assert.That(check.Problems.Select(problem => problem.Kind).Distinct(), Is.EquivalentTo(Enum.GetValues<SubmitProblemKind>()), "every kind can be reached");
        Assert.That(check.CanSubmit, Is.False);
        Assert.That(check.Jobs, Has.Count.EqualTo(jobs.Length));
        Assert.That(await _site.ExtentAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Check_WhatIsWorthKnowing_IsAWarning()
    {
        await _site.Client.SubmitAsync([new NewJob("Norm", "used").WithKey("used"), new NewJob("Norm", "used").InSite("cluster"), new NewJob("Norm").WithKey("failed")]);
        await _site.Client.Jobs.WithKey("failed").CancelAsync("enough");

        SubmitCheck check = await _site.Client.CheckAsync(
        [
            Relax.NewJob("used", new Relax.Parameters("x")), Relax.NewJob("free", new Relax.Parameters("x")).InSite("cluster"), new NewJob("Norm").WithKey("failed"),
        ]);

        Assert.That(check.CanSubmit, Is.True);
        Assert.That(check.Warnings.Select(warning => (warning.Index, warning.Kind)), Is.EqualTo(new[]
        {
            (0, SubmitWarningKind.WorkdirInUse), (2, SubmitWarningKind.StoredJobFailed), (2, SubmitWarningKind.NoInput), (1, SubmitWarningKind.NodesUnknown),
        }));
        Assert.That(check.Warnings[0].Message, Does.StartWith("job 1 (STAGED_IN) has the workdir 'used' already"));
        Assert.That((await _site.Client.CheckAsync(new NewJob("Norm", "used").WithKey("used").WithParameters<double[]>([1]))).Warnings, Is.Empty, "the stored job itself uses its workdir");
    }

    [Test]
    public async Task ToString_OfACheck_IsATable()
    {
        await _site.Client.SubmitAsync(Relax.NewJob("study/1", new Relax.Parameters("h2o")).WithKey("1"));
        SubmitCheck check = await _site.Client.CheckAsync(
            [Relax.NewJob("study/1", new Relax.Parameters("co2")).WithKey("1"), Tool.NewJob("study/longer", ("input", "h2o")), new NewJob("Unknown", "x")]);

        Assert.That(check.ToString().Split('\n').Select(line => line.TrimEnd()), Is.EqualTo(
            """
            3 jobs: 2 new, 1 stored already, 1 of these otherwise. 1 problem, 0 warnings.
              [0]  Relax in study/1      job 1 STAGED_IN  relax co2 0.0001 ''
                  parameters.input is "h2o", given "co2"
              [1]  Tool in study/longer  new              tool h2o --tol 0.0001
              [2]  Unknown in x          new
            Problems:
              [2] Unknown in x: the application is not registered in this host. Registered: Carry, Heir, Norm, Relax, Tool. Call AddApplication<Unknown>().
            """.Split('\n')));
    }

    [Test]
    public async Task ToString_OfManyJobs_ShowsTheFirst()
    {
        SubmitCheck check = await _site.Client.CheckAsync(Enumerable.Range(0, 70).Select(i => new NewJob("Unknown", $"{i}")));
        string[] lines = check.ToString().Split('\n');

        Assert.That(lines, Has.Length.EqualTo(1 + 50 + 1 + 1 + 20 + 1));
        Assert.That((lines[51], lines[^1]), Is.EqualTo(("  … and 20 more", "  … and 50 more")));
    }

    [Test]
    public async Task Check_Nothing_GivesNothing()
    {
        SubmitCheck check = await _site.Client.CheckAsync(Array.Empty<NewJob>());
        Assert.That((check.CanSubmit, check.Jobs.Count, check.ToString()), Is.EqualTo((true, 0, "0 jobs: 0 new, 0 stored already, 0 of these otherwise. 0 problems, 0 warnings.")));
    }
}
