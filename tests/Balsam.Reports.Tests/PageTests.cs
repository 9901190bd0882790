using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Balsam.Reports.Tests;

[TestFixture]
public sealed partial class PageTests
{
    private const string Hostile = "<script>alert(1)</script>\"'&\u0000\u001b[31m\u202E\uD800 ]]> --> ${x}";

    private static IEnumerable<TestCaseData> All()
    {
        yield return new TestCaseData((Func<CampaignAnalysis>)Campaigns.Small).SetArgDisplayNames("Small");
        yield return new TestCaseData((Func<CampaignAnalysis>)Campaigns.WithFailures).SetArgDisplayNames("WithFailures");
        yield return new TestCaseData((Func<CampaignAnalysis>)(() => Campaigns.Large(3000))).SetArgDisplayNames("Large");
        yield return new TestCaseData((Func<CampaignAnalysis>)(() => new CampaignBuilder().Build(0))).SetArgDisplayNames("Empty");
        yield return new TestCaseData((Func<CampaignAnalysis>)JustSubmitted).SetArgDisplayNames("JustSubmitted");
        yield return new TestCaseData((Func<CampaignAnalysis>)WithHostileNames).SetArgDisplayNames("Hostile");
    }

    [TestCaseSource(nameof(All))]
    public void Html_OfAnyCampaign_IsWellFormedAndLoadsNothing(Func<CampaignAnalysis> campaign)
    {
        string html = CampaignReport.Html(campaign());
        XElement page = Parse(html);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(html, Does.StartWith("<!DOCTYPE html>"));
            Assert.That(Loads().Matches(html).Select(match => match.Value), Is.Empty);
            Assert.That(page.Descendants().Attributes("href").Select(link => link.Value), Is.All.StartWith("#"));
            Assert.That(page.Descendants().Attributes("src"), Is.Empty);
            Assert.That(page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal)), Is.Empty);
            Assert.That(page.Descendants("script").Count(), Is.EqualTo(1), "the page's own");
            Assert.That(SelfClosed().Matches(html).Select(match => match.Groups[1].Value).Distinct(), Is.SubsetOf(new[] { "meta", "rect", "line", "path", "circle" }), "HTML knows no other empty elements");
            Assert.That(html, Does.Not.Contain("NaN").And.Not.Contain("Infinity"));
        }
    }

    [Test]
    public void Html_AllowsNoScriptAndNoStyle_ButItsOwn()
    {
        XElement page = Parse(CampaignReport.Html(Campaigns.Small()));
        string policy = page.Descendants("meta").Single(meta => meta.Attribute("http-equiv")?.Value == "Content-Security-Policy").Attribute("content")!.Value;
        string Hash(string element) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(page.Descendants(element).Single().Value)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(policy, Is.EqualTo($"default-src 'none'; style-src 'sha256-{Hash("style")}'; script-src 'sha256-{Hash("script")}'"));
            Assert.That(page.Descendants().Attributes("style"), Is.Empty, "the policy would not apply them");
        }
    }

    [Test]
    public void Html_WhenNothingRan_SaysSo() =>
        Assert.That(Section(Parse(CampaignReport.Html(JustSubmitted())), "utilization").Descendants("p").First().Value, Is.EqualTo("Nothing ran."));

    [Test]
    public void Html_LabelThatThrows_NamesTheJob() => Assert.That(
        () => CampaignReport.Html(Campaigns.Small(), new ReportOptions { Label = job => job.Tags["molecule"] }),
        Throws.InvalidOperationException.With.Message.StartsWith("ReportOptions.Label failed for job 1 (Mesh in study/mesh): ").And.InnerException.TypeOf<KeyNotFoundException>());

    [Test]
    public void Html_GroupThatThrows_NamesTheJob() => Assert.That(
        () => CampaignReport.Html(Campaigns.Large(3000), new ReportOptions { Group = job => throw new FormatException("no group") }),
        Throws.InvalidOperationException.With.Message.Match(@"^ReportOptions\.Group failed for job \d+ \(\w+ in chain-.*\): no group$"));

    [Test]
    public void Html_OfASmallCampaign_ShowsEverySectionWithItsNumbers()
    {
        XElement page = Parse(CampaignReport.Html(Campaigns.Small(), new ReportOptions { Title = "Five jobs" }));
        Dictionary<string, string> figures = page.Descendants("dl").Single().Elements("div").ToDictionary(figure => figure.Element("dt")!.Value, figure => figure.Element("dd")!.Value);
        XElement[] bars = Section(page, "gantt").WithClass("rect", "bar");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page.Descendants("h1").Single().Value, Is.EqualTo("Five jobs"));
            Assert.That(page.Descendants("section").Attributes("id").Select(id => id.Value), Is.EqualTo(new[] { "gantt", "utilization", "throughput", "occupancy", "durations", "failures", "graph", "jobs" }));
            Assert.That(page.Descendants("section").Where(section => section.Attribute("id")!.Value is not ("failures" or "jobs")).Select(section => section.Descendants("svg").Count()), Is.All.GreaterThan(0));

            // 20 + 160 + 20 + 80 + 100 + 10 core seconds, of 8 cores for the 90 seconds from the first start on.
            Assert.That(figures, Is.EqualTo(new Dictionary<string, string>
            {
                ["jobs"] = "5", ["finished"] = "5", ["failed"] = "0", ["makespan"] = "1 min 30 s", ["utilization"] = "54.2 %", ["runs"] = "6", ["core hours"] = "0.1083", ["throughput"] = "3.33 / min",
            }));
            Assert.That(bars, Has.Length.EqualTo(6));
            Assert.That(bars.Count(bar => bar.Class().Contains("RUN_ERROR")), Is.EqualTo(1));
            Assert.That(bars[1].Element("title")!.Value, Is.EqualTo("relax-1\njob 2, Relax, run 1\n40 s, from 20 s on\n4 cores on n01\nRUN_DONE"));
            Assert.That(Section(page, "utilization").Descendants("p").First().Value, Is.EqualTo(
                "From the first start of a run to the last end of one, 4.33 cores were busy on average, at most 8. That is 54.2 % of the core time that launchers had in this span."));
            Assert.That(Section(page, "throughput").WithClass("rect", "JOB_FINISHED").Select(bar => bar.Element("title")?.Value).Where(tip => tip is not null), Has.Exactly(5).EqualTo("1 job in 1.7 s"));
            Assert.That(Section(page, "occupancy").Descendants("path").Select(path => path.Element("title")!.Value),
                Is.EqualTo(new[] { "JOB_FINISHED", "RUNNING", "RESTART_READY", "PREPROCESSED", "READY", "AWAITING_PARENTS" }));
            Assert.That(Section(page, "durations").Descendants("tr").Select(row => string.Join('|', row.Elements().Select(cell => cell.Value))),
                Has.Member("Relax|run time|4|35 s|10 s|40 s|50 s|50 s|50 s"));
            Assert.That(Section(page, "failures").Value, Does.Contain("No job has failed."));
            Assert.That(Section(page, "graph").Descendants("p").First().Value, Does.StartWith("5 jobs, 6 edges, 3 levels."));
            Assert.That(Section(page, "graph").WithClass("rect", "box"), Has.Length.EqualTo(5));
            Assert.That(Section(page, "jobs").Descendants("tbody").Single().Elements("tr").Select(row => string.Join('|', row.Elements().Select(cell => cell.Value))),
                Has.Member("3|Relax|study/relax-2|JOB_FINISHED|2|50 s|0 s|1 min 20 s|"));
        }
    }

    [Test]
    public void Html_OfFailures_NamesCauseLinesNodeAndJobs()
    {
        XElement page = Parse(CampaignReport.Html(Campaigns.WithFailures()));
        XElement worst = Section(page, "failures").Descendants("article").First();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(worst.Element("h3")!.Value, Is.EqualTo("3 jobs: ExitCode"));
            Assert.That(worst.Descendants("li").Select(item => item.Value), Has.Some.StartsWith("3 of 3 ran on node n12"));
            Assert.That(worst.Element("pre")!.Value, Is.EqualTo("iteration 14\nwrite failed: /scratch/59: No space left on device"));
            Assert.That(worst.Elements("p").Last().Value, Is.EqualTo("Jobs 60, 84, 108"));
            Assert.That(Section(page, "jobs").Descendants("tbody").Single().Elements("tr").Take(5).Select(row => row.Elements("td").ElementAt(3).Value), Is.All.EqualTo("FAILED"));
        }
    }

    [Test]
    public void Html_OfAFailureBehindAHook_ShowsTheOutputOfTheRun()
    {
        var run = new FailureDetails { Kind = FailureKind.ExitCode, Message = "exit code 3", LastLines = ["out of memory"] };
        var campaign = new CampaignBuilder();
        campaign.Add("Relax", "a").Runs(1, 2, outcome: JobState.RunError).Fails(new FailureDetails { Kind = FailureKind.HookDecision, Message = "gave up", Inner = run });
        Assert.That(Section(Parse(CampaignReport.Html(campaign.Build(2))), "failures").Descendants("pre").Single().Value, Is.EqualTo("out of memory"));
    }

    [Test]
    public void Html_OfHostileNames_ShowsThemAsText()
    {
        XElement page = Parse(CampaignReport.Html(WithHostileNames(), new ReportOptions { Title = Hostile, Label = _ => Hostile, Group = _ => Hostile }));
        const string Shown = "<script>alert(1)</script>\"'&\uFFFD\uFFFD[31m\uFFFD\uFFFD ]]> --> ${x}";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page.Descendants("h1").Single().Value, Is.EqualTo(Shown));
            Assert.That(Section(page, "gantt").WithClass("rect", "bar").First().Element("title")!.Value, Does.StartWith(Shown));
            Assert.That(Section(page, "failures").Descendants("pre").Single().Value, Is.EqualTo(Shown));
            Assert.That(Section(page, "jobs").Descendants("td").Select(cell => cell.Value), Has.Exactly(2).StartsWith("<script>alert(1)</script>\"'&\uFFFD\uFFFD[31m"), "workdir and tags");
        }
    }

    [Test]
    public void Html_OfALabelThatIsEmpty_UsesTheNumber()
    {
        XElement page = Parse(CampaignReport.Html(Campaigns.Small(), new ReportOptions { Label = _ => "" }));
        Assert.That(Section(page, "graph").Descendants("text").Select(text => text.Value), Is.EquivalentTo(new[] { "job 1", "job 2", "job 3", "job 4", "job 5" }));
    }

    [Test]
    public void Html_OfAQueryThatLeavesParentsOut_SaysSo()
    {
        var campaign = new CampaignBuilder();
        PlannedJob elsewhere = new(new JobId(99), "Mesh", "mesh", []);
        PlannedJob first = campaign.Add("Relax", "a", elsewhere);
        campaign.Add("Relax", "b", first);
        Assert.That(Section(Parse(CampaignReport.Html(campaign.Build(1))), "graph").Value, Does.Contain("Left out: 1 edge from jobs that are not in this report."));
    }

    [Test]
    public void Html_OfNoJobs_SaysSo()
    {
        XElement page = Parse(CampaignReport.Html(new CampaignBuilder().Build(0)));
        Assert.That(page.Descendants("p").Select(text => text.Value), Is.EqualTo(new[] { "No job meets the query." }));
    }

    [Test]
    public void Html_OfAHundredThousandJobs_IsBoundedAndSaysWhatItLeavesOut()
    {
        string html = CampaignReport.Html(Campaigns.Large(100_000));
        XElement page = Parse(html);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(html, Has.Length.LessThan(1_000_000));
            Assert.That(Section(page, "gantt").Value, Does.Contain("100,000 runs are more than can be drawn one by one"));
            Assert.That(Section(page, "graph").Value, Does.Contain("Aggregated: each node stands for the jobs of one group on one level."));
            Assert.That(Section(page, "graph").WithClass("rect", "box"), Has.Length.InRange(3, 6));
            Assert.That(Section(page, "jobs").Value, Does.Contain("500 of 100,000 jobs; jobs.csv has them all."));
            Assert.That(Section(page, "jobs").Descendants("tbody").Single().Elements("tr").Count(), Is.EqualTo(500));
        }
    }

    [Test]
    public void Html_OfManyGroupsNodesAndCauses_IsBounded()
    {
        var campaign = new CampaignBuilder();
        PlannedJob? last = null;
        for (int i = 0; i < 4000; i++)
        {
            last = last is null || i % 2 == 0 ? campaign.Add($"App{i}", $"job-{i}") : campaign.Add($"App{i}", $"job-{i}", last);
            last.Runs(i + 1, i + 2, $"node{i}", outcome: JobState.RunError).Fails(FailureKind.ExitCode, $"cause {(char)('a' + (i % 26))}{(char)('a' + (i / 26 % 26))}{(char)('a' + (i / 676))}");
        }

        string html = CampaignReport.Html(campaign.Build(4002));
        XElement page = Parse(html);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(html, Has.Length.LessThan(1_000_000));
            Assert.That(Section(page, "graph").WithClass("g", "node"), Has.Length.LessThanOrEqualTo(64));
            Assert.That(Section(page, "graph").Value, Does.Contain("all others × 3,937"));
            Assert.That(Section(page, "failures").Descendants("article").Count(), Is.EqualTo(20));
            Assert.That(Section(page, "failures").Value, Does.Contain("3,980 jobs failed for 3980 rarer causes"));
            Assert.That(Section(page, "durations").Value, Does.Contain("Shown are the 30 applications with the most jobs, of 4000."));
        }
    }

    [Test]
    public void Html_OfADeepChain_IsAggregated()
    {
        var campaign = new CampaignBuilder();
        PlannedJob last = campaign.Add("Step", "0");
        for (int i = 1; i < 100; i++)
        {
            last = campaign.Add("Step", $"{i}", last);
        }

        XElement graph = Section(Parse(CampaignReport.Html(campaign.Build(1))), "graph");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(graph.Value, Does.Contain("100 jobs, 99 edges, 100 levels.").And.Contain("all jobs of one group, at the level of the first of them"));
            Assert.That(graph.Descendants("text").Single().Value, Is.EqualTo("Step × 100"));
        }
    }

    [Test]
    public void Html_OfAnyState_HasItsColour()
    {
        string style = Parse(CampaignReport.Html(Campaigns.Small())).Descendants("style").Single().Value;
        MatchCollection colours = Colours().Matches(style);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(colours.Select(match => match.Groups[1].Value), Is.EquivalentTo(JobStates.All.Select(state => state.ToText())));
            Assert.That(colours.Select(match => match.Groups[2].Value), Is.Unique);
        }
    }

    private static CampaignAnalysis JustSubmitted()
    {
        var campaign = new CampaignBuilder();
        campaign.Add("Relax", "a");
        return campaign.Build(0);
    }

    private static CampaignAnalysis WithHostileNames()
    {
        var campaign = new CampaignBuilder();
        PlannedJob job = campaign.Add("Relax", Hostile);
        job.Tags[Hostile] = Hostile;
        job.Runs(1, 100, Hostile, outcome: JobState.RunError).Fails(FailureKind.ExitCode, Hostile, Hostile);
        campaign.Add("Relax", "b", job);
        return campaign.Build(101);
    }

    private static XElement Parse(string html)
    {
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XElement.Load(reader, LoadOptions.PreserveWhitespace);
    }

    private static XElement Section(XElement page, string id) => page.Descendants("section").Single(section => section.Attribute("id")!.Value == id);

    [GeneratedRegex(@"[a-z]+://|\bsrc\s*=|url\(|@import|<link|<iframe|<img|fetch\(|XMLHttpRequest", RegexOptions.IgnoreCase)]
    private static partial Regex Loads();

    [GeneratedRegex("<([a-z]+)[^>]*/>")]
    private static partial Regex SelfClosed();

    [GeneratedRegex(@"^\.([A-Z_]+) \{ --c: (#[0-9a-f]{6}); \}", RegexOptions.Multiline)]
    private static partial Regex Colours();
}
