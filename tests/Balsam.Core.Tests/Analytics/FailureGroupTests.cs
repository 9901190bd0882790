namespace Balsam.Core.Tests.Analytics;

/// <summary>Failures that belong together, and what is named as common to them.</summary>
internal sealed class FailureGroupTests
{
    [TestCase("cannot read 'data/a.h5': no such file", "cannot read '…': no such file")]
    [TestCase("can't read \"x y\" and `z`", "can't read '…' and '…'")]
    [TestCase("open(/scratch/u1/run-17/out.h5) failed", "open(<path>) failed")]
    [TestCase("C:\\data\\x.txt: denied", "<path>: denied")]
    [TestCase("in ./run/a.sh, ../b and src/solver/main.f90:212", "in <path>, <path> and <path>:#")]
    [TestCase("segfault at 0x7ffe12ab, rip deadbeef01", "segfault at <hex>, rip <hex>")]
    [TestCase("job 6ba7b810-9dad-11d1-80b4-00c04fd430c8 lost", "job <hex> lost")]
    [TestCase("step 1200: E = -1.25e-3, residual 17", "step #: E = #, residual #")]
    [TestCase("rank12 of  16\tgave up", "rank# of # gave up")]
    [TestCase("it's 5 o'clock, don't wait", "it's # o'clock, don't wait")]
    [TestCase("and/or", "and/or")]
    public void Cause_OfALine_FoldsWhatDiffersFromJobToJob(string line, string folded) =>
        Assert.That(FailureCause.Of(Campaign.ExitCode(1, line)).Text, Is.EqualTo(folded));

    [Test]
    public void Cause_OfManyLines_KeepsTheLastThreeThatAreNotBlank()
    {
        FailureCause cause = FailureCause.Of(Campaign.ExitCode(1, "start", "a", "", "b", "c", "  "));
        Assert.That(cause.Lines, Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(cause.ToString(), Is.EqualTo("ExitCode: a / b / c"));
    }

    [Test]
    public void Cause_WithoutOutput_IsTheMessageWithTheType()
    {
        Assert.That(FailureCause.Of(Campaign.ExitCode(3)).Text, Is.EqualTo("exit code #"));
        Assert.That(
            FailureCause.Of(new FailureDetails { Kind = FailureKind.Exception, Message = "no row 17", TypeName = "System.IO.IOException" }).Text, Is.EqualTo("System.IO.IOException: no row #"));
    }

    [Test]
    public void Cause_OfADecisionOfAHook_IsTheRunBehindIt()
    {
        FailureDetails run = Campaign.ExitCode(9, "out of memory");
        FailureDetails decision = new() { Kind = FailureKind.HookDecision, Message = "three attempts", Inner = run };
        Assert.That(FailureCause.Of(decision), Is.EqualTo(FailureCause.Of(run)));
        Assert.That(FailureCause.Of(decision with { Inner = null }).Kind, Is.EqualTo(FailureKind.HookDecision));
    }

    [Test]
    public void Of_WithFailures_GroupsThemByCauseTheMostFrequentFirst()
    {
        var campaign = new Campaign();
        Fail(campaign, "n1", Campaign.ExitCode(2, "cannot open 'a'"));
        Fail(campaign, "n1", Campaign.ExitCode(1, "out of memory in step 3"));
        Fail(campaign, "n1", Campaign.ExitCode(1, "out of memory in step 12"));
        JobId restarted = Fail(campaign, "n1", Campaign.ExitCode(1, "out of memory in step 9"));
        campaign.Move(restarted, 50, JobTrigger.Restarted);
        campaign.Cancel(campaign.Submit(0), 1);

        IReadOnlyList<FailureGroup> groups = campaign.Analyze(60).Failures;

        Assert.That(groups.Select(group => (group.Cause.ToString(), string.Join(",", group.JobIds))), Is.EqualTo(new[]
        {
            ("ExitCode: out of memory in step #", "2,3"), ("ExitCode: cannot open '…'", "1"), ("Cancelled: enough", "5"),
        }));
        Assert.That((groups[0].Count, groups[0].Example.LastLines[0]), Is.EqualTo((2, "out of memory in step 3")));
    }

    [Test]
    public void Of_WithThreeOfFourFailuresOnOneOfManyNodes_NamesTheNode()
    {
        Campaign campaign = Spread(nodes: 16, failuresOn: ["n12", "n12", "n12", "n3"]);

        // 16 runs that finish, one a node, and four that fail: n12 had 4 of 20 runs. By chance 3 or more of 4: 4 · 0.2³ · 0.8 + 0.2⁴ = 2.7 %.
        Assert.That(campaign.Analyze(99).Failures[0].Concentrations.Where(each => each.Dimension == FailureDimension.Node), Is.Empty);

        // With 36 such runs it had 4 of 40: 4 · 0.1³ · 0.9 + 0.1⁴ = 0.37 %.
        campaign = Spread(nodes: 36, failuresOn: ["n12", "n12", "n12", "n3"]);
        FailureConcentration named = campaign.Analyze(99).Failures[0].Concentrations.Single(each => each.Dimension == FailureDimension.Node);
        Assert.That((named.Value, named.Count, named.Of, named.Expected), Is.EqualTo(("n12", 3, 4, 0.1)));
        Assert.That(named.ToString(), Is.EqualTo("3 of 4 ran on node n12, as did 10 % of all runs"));
    }

    [Test]
    public void Of_WithAllFailuresOnTheOnlyNode_NamesNoNode() =>
        Assert.That(Spread(nodes: 1, failuresOn: ["n1", "n1", "n1", "n1"]).Analyze(99).Failures[0].Concentrations.Select(each => each.Dimension), Has.No.Member(FailureDimension.Node));

    [Test]
    public void Of_WithTwoFailuresOnOneNode_NamesNoNode() =>
        Assert.That(Spread(nodes: 100, failuresOn: ["n1", "n1"]).Analyze(99).Failures[0].Concentrations, Is.Empty);

    [Test]
    public void Of_WithFailuresOfOneApplicationOneValueAndOneSignal_NamesThem()
    {
        var campaign = new Campaign();
        for (int i = 0; i < 30; i++)
        {
            Finish(campaign, "n1", "Mesh");
            Finish(campaign, "n1", "Relax", """{"mesh":"coarse","input":"a.xyz"}""");
        }

        for (int i = 0; i < 4; i++)
        {
            Fail(campaign, "n1", new FailureDetails { Kind = FailureKind.Signal, Message = "signal 9", Signal = 9 }, """{"mesh":"fine","input":"b.xyz"}""");
        }

        IReadOnlyList<FailureConcentration> named = campaign.Analyze(99).Failures.Single().Concentrations;

        // Relax: 34 of 64 jobs, (34/64)⁴ = 8 %: not named. The values: 4 of 34. The signal: 4 of 64 runs.
        Assert.That(named.Select(each => each.ToString()), Is.EqualTo(new[]
        {
            "4 of 4 ended with signal 9, as did 6 % of all runs",
            "4 of 4 have Relax.input = \"b.xyz\", as have 12 % of all jobs of the application",
            "4 of 4 have Relax.mesh = \"fine\", as have 12 % of all jobs of the application",
        }));
    }

    [Test]
    public void Of_WithFailuresOfAnApplicationThatFewJobsAreOf_NamesTheApplication()
    {
        var campaign = new Campaign();
        for (int i = 0; i < 36; i++)
        {
            Finish(campaign, "n1", "Mesh");
        }

        for (int i = 0; i < 4; i++)
        {
            Fail(campaign, "n1", Campaign.ExitCode(1), "{}");
        }

        Assert.That(campaign.Analyze(99).Failures[0].Concentrations.Select(each => each.ToString()), Has.Member("4 of 4 are of Relax, as are 10 % of all jobs"));
    }

    [Test]
    public void Of_WithAParameterThatTellsJobsApart_DoesNotNameIt()
    {
        var campaign = new Campaign();
        for (int i = 0; i < 1100; i++)
        {
            Finish(campaign, "n1", "Relax", FormattableString.Invariant($$"""{"seed":{{i}}}"""));
        }

        for (int i = 0; i < 4; i++)
        {
            Fail(campaign, "n1", Campaign.ExitCode(1), """{"seed":7}""");
        }

        Assert.That(campaign.Analyze(99).Failures[0].Concentrations.Select(each => each.Dimension), Is.EqualTo(new[] { FailureDimension.ExitCause }));
    }

    [Test]
    public void Of_WithFailuresUnderOneLauncher_NamesItsHost()
    {
        var campaign = new Campaign();
        campaign.Launch(0, 100, "good", new NodeSpec("n1", 8));
        campaign.Launch(0, 40, "bad", new NodeSpec("n2", 8));
        campaign.Launch(50, null, "late", new NodeSpec("n2", 8));
        for (int i = 0; i < 30; i++)
        {
            Finish(campaign, "n1");
        }

        for (int i = 0; i < 3; i++)
        {
            Fail(campaign, "n2", Campaign.ExitCode(1));
        }

        Assert.That(campaign.Analyze(99).Failures[0].Concentrations.Select(each => each.ToString()), Has.Member("3 of 3 ran under the launcher on bad, as did 9 % of all runs"));
    }

    private static Campaign Spread(int nodes, string[] failuresOn)
    {
        var campaign = new Campaign();
        for (int node = 1; node <= nodes; node++)
        {
            Finish(campaign, FormattableString.Invariant($"n{node}"));
        }

        Array.ForEach(failuresOn, node => Fail(campaign, node, Campaign.ExitCode(1, "out of memory")));
        return campaign;
    }

    private static JobId Fail(Campaign campaign, string node, FailureDetails failure, string parameters = "{}")
    {
        JobId id = campaign.Submit(0, parameters: parameters);
        campaign.Start(id, 10, 1, node);
        campaign.Fail(id, 20, failure);
        return id;
    }

    private static void Finish(Campaign campaign, string node, string application = "Relax", string parameters = "{}")
    {
        JobId id = campaign.Submit(0, application, parameters);
        campaign.Start(id, 10, 1, node);
        campaign.Finish(id, 20);
    }
}
