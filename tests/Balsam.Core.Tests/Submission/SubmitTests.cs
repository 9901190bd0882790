using Balsam.Core.Tests.Client;

namespace Balsam.Core.Tests.Submission;

/// <summary>What a submit refuses, and what it fills in.</summary>
public sealed class SubmitTests
{
    private ClientHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new ClientHarness(new NodeSpec("n1", 4, 1, MemorySize.FromGibibytes(1)), new NodeSpec("n2", 2));

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return Case(new NewJob("Unknown", "a"), SubmitProblemKind.UnknownApplication, "[0] Unknown in a: the application is not registered in this host. Registered: Norm, Relax, Tool. Call AddApplication<Unknown>().");
        yield return Case(Norm().After(new JobId(77)), SubmitProblemKind.UnknownParent, "[0] Norm: its parent, job 77, is not in the store.");
        yield return Case(Norm().After(new NewJob("Norm", "elsewhere")), SubmitProblemKind.UnknownParent, "[0] Norm: its parent (Norm in elsewhere) is not part of this call. Add it to the call. If it was submitted before, write .After(job) with the Job that SubmitAsync returned.");
        yield return Case(Tool.NewJob("a"), SubmitProblemKind.MissingParameter, "[0] Tool in a: parameter 'input' is missing (the molecule). Known: input, tolerance.");
        yield return Case(Tool.NewJob("a", ("input", "x"), ("tolerence", 1)), SubmitProblemKind.SurplusParameter, "[0] Tool in a: 'tolerence' is not a parameter of Tool. Known: input, tolerance.");
        yield return Case(Tool.NewJob("a", ("input", null)), SubmitProblemKind.MissingParameter, "[0] Tool in a: parameter 'input' is null, but Tool requires it.");
        yield return Case(Tool.NewJob("a", ("input", "a\0b")), SubmitProblemKind.BadParameter, "[0] Tool in a: ");
        yield return Case(new NewJob("Tool", "a").WithParameters(5), SubmitProblemKind.BadParameter, "[0] Tool in a: the parameters are a JSON Number, but Tool takes an object with a member a parameter.");
        yield return Case(new NewJob("Relax", "a").WithParameters<Relax.Parameters?>(null), SubmitProblemKind.BadParameter, "[0] Relax in a: the parameters are a JSON Null");
        yield return Case(Tool.NewJob("a", ("input", new string('x', SubmissionLimits.ParametersLength))), SubmitProblemKind.BadParameter, "[0] Tool in a: the parameters are 512012 characters of JSON, 512000 are allowed. Write large input to a file and pass its path.");
        yield return Case(new NewJob("Relax", "a").With("input", "x").With("tolerance", "tight"), SubmitProblemKind.BadParameter, "[0] Relax in a: parameter 'tolerance' is \"tight\", which cannot be read as double.");
        yield return Case(new NewJob("Relax", "a").With("input", "x").With("cells", new object[] { 1, "two" }), SubmitProblemKind.BadParameter, "[0] Relax in a: parameter 'cells' is [1,\"two\"], which cannot be read as int[].");
        yield return Case(Norm().WithParameters("three"), SubmitProblemKind.BadParameter, "[0] Norm: the parameters \"three\" cannot be read as double[]: ");
        foreach (string workdir in (string[])["/etc", "\\\\server", "C:/x", "../x", "a/../../x", "a/./b", ".", "", "/", "a\nb", "a\\b", "a\0", "\uD800", new('x', 256), new string('y', 255) + string.Concat(Enumerable.Repeat("/y", 400))])
        {
            yield return Case(new NewJob("Norm", workdir), SubmitProblemKind.BadWorkdir, null);
        }

        yield return Case(Norm().WithResources(new JobResources { ThreadsPerRank = 5 }), SubmitProblemKind.BadResources, "[0] Norm: 5 cores asked, the largest node has 4.");
        yield return Case(Norm().WithResources(new JobResources { Nodes = 3 }), SubmitProblemKind.BadResources, "[0] Norm: 3 nodes asked, there are 2.");
        yield return Case(Norm().WithResources(new JobResources { Nodes = 0 }), SubmitProblemKind.BadResources, "[0] Norm: Nodes is 0; it must lie between 1 and 1,000,000.");
        yield return Case(Norm().Tag("key", new string('v', 298)), SubmitProblemKind.BadField, "[0] Norm: the tag 'key' is not valid Unicode, has a control character in its key, or is longer than 300 characters");
        yield return Case(Norm().Tag("a\nb", "v"), SubmitProblemKind.BadField, null);
        yield return Case(Norm().WithKey(new string('k', 301)), SubmitProblemKind.BadField, "[0] Norm: the key 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…' is not valid Unicode, has a control character, or is longer than 300 characters.");
        yield return Case(Norm().WithKey("a\nb"), SubmitProblemKind.BadField, null);
        yield return Case(Norm().WithKey("\uD800"), SubmitProblemKind.BadField, null);
        yield return Case(Norm().WithData("all", new string('x', SubmissionLimits.DataLength)), SubmitProblemKind.BadField, "[0] Norm: the data are 512010 characters of JSON, 512000 are allowed.");

        static NewJob Norm() => new("Norm");

        static TestCaseData Case(NewJob job, SubmitProblemKind kind, string? message) =>
            new TestCaseData(job, kind, message).SetArgDisplayNames(kind.ToString(), message ?? job.Workdir?.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "");
    }

    [Test]
    public async Task Submit_SurplusParameterAndOneOfAWrongType_NamesBoth() => Assert.That(
        (await _harness.RefusedAsync(new NewJob("Relax", "a").With("input", "x").With("tolerance", "tight").With("zzz", 3))).Select(problem => problem.Kind),
        Is.EqualTo(new[] { SubmitProblemKind.SurplusParameter, SubmitProblemKind.BadParameter }));

    [Test]
    public async Task Submit_UnsoundRequest_NamesEveryProblem() => Assert.That(
        (await _harness.RefusedAsync(new NewJob("Norm").WithResources(new JobResources { Nodes = 0, PackingCount = 0 }))).Select(problem => problem.Message.Split(' ')[0]),
        Is.EqualTo(new[] { "Nodes", "PackingCount" }));

    [Test]
    public async Task Submit_ProblemsOfSeveralKinds_ComeByPlace()
    {
        NewJob first = new("Norm", "a");
        NewJob second = new NewJob("Norm", "b").After(first);
        first.After(second);
        Assert.That((await _harness.RefusedAsync(first, second, new NewJob("Unknown", "c"), first)).Select(problem => problem.Index), Is.Ordered);
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task Submit_BadJob_IsRefusedAndNothingWritten(NewJob job, SubmitProblemKind kind, string? message)
    {
        SubmitProblem problem = (await _harness.RefusedAsync(job)).Single();
        Assert.That((problem.Kind, problem.Index), Is.EqualTo((kind, 0)));
        Assert.That(problem.ToString(), message is null ? Is.Not.Empty : Does.StartWith(message).And.Not.Contains("LineNumber"));
    }

    [Test]
    public async Task Submit_DuplicateWorkdirInOneCall_IsRefusedAlsoWhenWrittenOtherwise()
    {
        SubmitProblem problem = (await _harness.RefusedAsync(new NewJob("Norm", "a/b"), new NewJob("Norm", "c"), new NewJob("Norm", "a//b/"))).Single();
        Assert.That((problem.Kind, problem.ToString()), Is.EqualTo((SubmitProblemKind.DuplicateWorkdir, "[2] Norm in a//b/: the workdir 'a/b' is [0]'s already; give each job of a call its own.")));
    }

    [Test]
    public async Task Submit_DuplicateKeyInOneCall_IsRefused()
    {
        SubmitProblem problem = (await _harness.RefusedAsync(new NewJob("Norm").WithKey("k"), new NewJob("Norm").WithKey("K"), new NewJob("Relax").With("input", "x").WithKey("k"))).Single();
        Assert.That((problem.Kind, problem.ToString()), Is.EqualTo((SubmitProblemKind.DuplicateKey, "[2] Relax: the key 'k' is [0]'s already; give each job its own.")));
    }

    [Test]
    public async Task Submit_ParentWithTwoConditions_IsRefused()
    {
        NewJob parent = new("Norm", "p");
        SubmitProblem problem = (await _harness.RefusedAsync(parent, new NewJob("Norm", "c").After(parent).After(parent).After(parent, DependencyCondition.Failure))).Single();
        Assert.That((problem.Kind, problem.ToString()), Is.EqualTo((SubmitProblemKind.ConflictingParent, "[1] Norm in c: its parent (Norm in p) is named twice, with the conditions Success and Failure; name it once.")));
    }

    [Test]
    public async Task Submit_StoredParentWithTwoConditions_IsRefused()
    {
        Job parent = await _harness.SubmitAsync();
        SubmitRefusedException? refused = await Assert.ThrowsAsync<SubmitRefusedException>(
            () => _harness.Client.SubmitAsync(new NewJob("Norm", "c").After(parent).After(parent, DependencyCondition.Either)));
        Assert.That(refused!.Problems.Single().Message, Does.StartWith($"its parent (job {parent.Id}) is named twice, with the conditions Success and Either"));
    }

    [Test]
    public async Task Submit_TheSameObjectTwice_IsRefused()
    {
        var job = new NewJob("Norm");
        Assert.That((await _harness.RefusedAsync(job, job)).Single().ToString(), Does.Contain("the same NewJob stands at [0] too"));
    }

    [Test]
    public async Task Submit_Circle_IsNamed()
    {
        NewJob before = new("Norm", "before");
        NewJob a = new NewJob("Norm", "a").After(before);
        NewJob b = new NewJob("Norm", "b").After(a);
        NewJob c = new NewJob("Norm", "c").After(b);
        a.After(c);
        SubmitProblem problem = (await _harness.RefusedAsync(before, a, b, c, new NewJob("Norm", "behind").After(c))).Single();
        Assert.That((problem.Kind, problem.Message), Is.EqualTo((SubmitProblemKind.Cycle, "its parents form a circle: [1] Norm in a after [3] Norm in c after [2] Norm in b after [1] Norm in a.")));
    }

    [Test]
    public async Task Submit_JobAfterItself_IsACircle()
    {
        var job = new NewJob("Norm");
        job.After(job);
        Assert.That((await _harness.RefusedAsync(job)).Single().Message, Is.EqualTo("its parents form a circle: [0] Norm after [0] Norm."));
    }

    [Test]
    public async Task Submit_ManyProblems_AreReportedTogether()
    {
        NewJob a = new("Norm", "ok");
        NewJob b = new NewJob("Norm", "../out").Tag("k", new string('v', 400)).After(a);
        a.After(b);
        IReadOnlyList<SubmitProblem> problems = await _harness.RefusedAsync(
            a, b, new NewJob("Unknown"), Tool.NewJob("ok", ("surplus", 1)), new NewJob("Norm").WithResources(new JobResources { Nodes = 9 }).After(new JobId(5)), new NewJob("Norm", "fine"));
        Assert.That(problems.Select(problem => (problem.Index, problem.Kind)), Is.EquivalentTo(new[]
        {
            (1, SubmitProblemKind.BadField), (1, SubmitProblemKind.BadWorkdir), (2, SubmitProblemKind.UnknownApplication), (3, SubmitProblemKind.SurplusParameter),
            (3, SubmitProblemKind.MissingParameter), (3, SubmitProblemKind.DuplicateWorkdir), (4, SubmitProblemKind.BadResources), (4, SubmitProblemKind.UnknownParent), (0, SubmitProblemKind.Cycle),
        }));
    }

    [Test]
    public async Task Submit_HundredProblems_MessageShowsTwentyAndTheNumberOfTheRest()
    {
        SubmitRefusedException? refused = await Assert.ThrowsAsync<SubmitRefusedException>(() => _harness.Client.SubmitAsync(Enumerable.Range(0, 100).Select(i => new NewJob("Unknown", $"{i}"))));
        Assert.That(refused!.Problems, Has.Count.EqualTo(100));
        Assert.That(refused.Message.Split('\n'), Has.Length.EqualTo(22).And.ItemAt(0).EqualTo("Nothing was submitted: 100 problems.").And.ItemAt(21).EqualTo("  … and 80 more"));
    }

    [Test]
    public async Task Submit_WithoutWorkdir_GetsApplicationAndId()
    {
        Job job = await _harness.SubmitAsync();
        Assert.That(job.Workdir, Is.EqualTo($"Norm/{job.Id}"));
    }

    [Test]
    public async Task Submit_WorkdirWithSlashes_IsNormalised() => Assert.That((await _harness.SubmitAsync("study//a/")).Workdir, Is.EqualTo("study/a"));

    [Test]
    public async Task Submit_ParametersLeftOut_GetTheirDefaults()
    {
        Job tool = await _harness.Client.SubmitAsync(Tool.NewJob("a", ("input", "h2o")));
        Job typed = await _harness.Client.SubmitAsync(Relax.NewJob("b", new Relax.Parameters("h2o")));
        Job named = await _harness.Client.SubmitAsync(new NewJob("Relax").With("input", "h2o"));
        Assert.That(tool.Parameters, Is.EqualTo(JobData.Parse("""{"input":"h2o","tolerance":0.0001}""")));
        Assert.That(named.Parameters, Is.EqualTo(typed.Parameters).And.EqualTo(JobData.Parse("""{"input":"h2o","tolerance":0.0001,"cells":null}""")));
        Assert.That(typed.GetParameters<Relax.Parameters>(), Is.EqualTo(new Relax.Parameters("h2o")));
    }

    [Test]
    public async Task Submit_ParametersAtTheLimit_ArePossible()
    {
        Job job = await _harness.Client.SubmitAsync(Tool.NewJob("a", ("input", new string('x', SubmissionLimits.ParametersLength - """{"input":"","tolerance":1}""".Length)), ("tolerance", 1)));
        Assert.That(job.Parameters.Json, Has.Length.EqualTo(SubmissionLimits.ParametersLength));
    }

    [Test]
    public async Task Submit_ResourcesLeftOut_AreTheApplications()
    {
        Job relax = await _harness.Client.SubmitAsync(Relax.NewJob(new Relax.Parameters("h2o")));
        Job norm = await _harness.SubmitAsync();
        Assert.That((relax.Resources.CoresPerNode, norm.Resources), Is.EqualTo((2, JobResources.Default)));
    }

    [Test]
    public async Task Submit_JobOfAnotherSite_IsNotMeasuredAgainstThisSitesNodes()
    {
        Job job = await _harness.Client.SubmitAsync(new NewJob("Norm").InSite("cluster").WithResources(new JobResources { ThreadsPerRank = 64 }));
        Assert.That((job.Site, job.Resources.CoresPerNode), Is.EqualTo((new SiteName("cluster"), 64)));
    }

    [Test]
    public async Task Submit_SameWorkdirInTwoSites_IsPossible()
    {
        IReadOnlyList<Job> jobs = await _harness.Client.SubmitAsync([new NewJob("Norm", "a"), new NewJob("Norm", "a").InSite("cluster")]);
        Assert.That(jobs.Select(job => job.Workdir), Is.EqualTo(new[] { "a", "a" }));
    }

    [Test]
    public async Task Submit_Nothing_GivesNothing() => Assert.That(await _harness.Client.SubmitAsync(Array.Empty<NewJob>()), Is.Empty);

    [Test]
    public async Task Submit_ANull_IsAnArgumentMistake() =>
        Assert.That((await Assert.ThrowsAsync<ArgumentException>(() => _harness.Client.SubmitAsync([new NewJob("Norm"), null!])))!.ParamName, Is.EqualTo("jobs"));

    [Test]
    public async Task Submit_Graph_GivesStoredJobsInTheOrderOfTheCall()
    {
        NewJob parent = new("Norm", "parent");
        IReadOnlyList<Job> jobs = await _harness.Client.SubmitAsync([new NewJob("Norm", "child").After(parent).After(parent).Tag("k", "v").WithPriority(3).WithData("n", 1), parent]);
        Assert.That(jobs.Select(job => (job.Workdir, job.State)), Is.EqualTo(new[] { ("child", JobState.AwaitingParents), ("parent", JobState.StagedIn) }));
        Assert.That(jobs[0].Parents, Is.EqualTo(new[] { new JobDependency(jobs[1].Id, DependencyCondition.Success) }));
        Assert.That((jobs[0].Tags["k"], jobs[0].Priority, jobs[0].Data.Get<int>("n")), Is.EqualTo(("v", 3, 1)));
    }
}
