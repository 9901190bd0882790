using System.Globalization;
using System.Text;

namespace Balsam.Reports.Tests;

[TestFixture]
public sealed class CsvTests
{
    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("balsam-reports-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task WriteCsv_OfACampaign_WritesEveryTableWithItsRows()
    {
        Dictionary<string, string[][]> tables = await WriteAsync(Campaigns.Small());
        string Row(string file, int row) => string.Join('|', tables[file][row]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tables.Keys, Is.EquivalentTo(new[] { "jobs.csv", "runs.csv", "throughput.csv", "utilization.csv", "occupancy.csv", "durations.csv", "failures.csv" }));
            Assert.That(tables.Values.SelectMany(table => table.Select(row => row.Length == table[0].Length)), Is.All.True);
            Assert.That(tables["jobs.csv"], Has.Length.EqualTo(6));
            Assert.That(Row("jobs.csv", 0), Is.EqualTo("job|application|site|workdir|state|submitted|ended|tags|parents|failure_kind|failure"));
            Assert.That(Row("jobs.csv", 5), Is.EqualTo("5|Summary|test|study/summary|JOB_FINISHED|2026-01-05T08:00:00.000Z|2026-01-05T08:01:40.000Z|{}|2 3 4||"));
            Assert.That(tables["runs.csv"], Has.Length.EqualTo(7));
            Assert.That(Row("runs.csv", 0), Is.EqualTo("job|application|run|start|end|run_time_s|nodes|cores|gpus|outcome"));
            Assert.That(Row("runs.csv", 1), Is.EqualTo("1|Mesh|1|2026-01-05T08:00:10.000Z|2026-01-05T08:00:20.000Z|10|n01|2|0|RUN_DONE"));
            Assert.That(tables["throughput.csv"].Select(row => string.Join('|', row)).Where(row => row.StartsWith("2026-01-05T08:01:10", StringComparison.Ordinal)), Is.EqualTo(new[] { "2026-01-05T08:01:10.000Z|3|0" }));
            Assert.That(tables["utilization.csv"].Select(row => string.Join('|', row)), Has.Member("2026-01-05T08:00:30.000Z|6|8|2|2|2"));
            Assert.That(tables["occupancy.csv"][0], Is.EqualTo(new[] { "at" }.Concat(JobStates.All.Select(state => state.ToText()))));
            Assert.That(tables["occupancy.csv"].Skip(1).Select(row => row.Skip(1).Sum(count => int.Parse(count, CultureInfo.InvariantCulture))), Is.All.EqualTo(5));
            Assert.That(tables["durations.csv"].Select(row => string.Join('|', row)), Has.Member("Relax|run_time|4|35|10|40|50|50|50").And.Member("Relax|queue_wait|4|2.875|0.5|0.5|10|10|10"));
            Assert.That(tables["failures.csv"], Has.Length.EqualTo(1));
        }
    }

    [Test]
    public async Task WriteCsv_OfFailures_WritesCauseAndJobs()
    {
        string[][] failures = (await WriteAsync(Campaigns.WithFailures()))["failures.csv"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(failures[0], Is.EqualTo(new[] { "count", "kind", "cause", "in_common", "jobs" }));
            Assert.That(failures[1][0], Is.EqualTo("3"));
            Assert.That(failures[1][3], Does.Contain("3 of 3 ran on node n12"));
            Assert.That(failures[1][4], Is.EqualTo("60 84 108"));
        }
    }

    [TestCase("plain")]
    [TestCase("a, b")]
    [TestCase("say \"yes\"")]
    [TestCase("\"")]
    [TestCase("two\r\nlines")]
    [TestCase("two\nlines")]
    [TestCase(" leading and trailing ")]
    [TestCase("энергия 😀")]
    public async Task WriteCsv_OfAnyText_GivesItBack(string text)
    {
        var campaign = new CampaignBuilder();
        campaign.Add("Relax", text).Runs(1, 2, outcome: JobState.RunError).Fails(FailureKind.ExitCode, text);
        string[] row = (await WriteAsync(campaign.Build(2)))["jobs.csv"][1];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(row[3], Is.EqualTo(text));
            Assert.That(row[^1], Is.EqualTo(text));
        }
    }

    [Test]
    public async Task Write_UnderACultureWithDecimalCommas_WritesPoints()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        commas.NumberFormat.NumberGroupSeparator = ".";
        commas.NumberFormat.NegativeSign = "~";
        commas.DateTimeFormat.TimeSeparator = ".";
        commas.DateTimeFormat.DateSeparator = "/";
        var campaign = new CampaignBuilder();
        campaign.Add("Relax", "a").Runs(1.25, 3.5).Finishes();
        string html = CampaignReport.Html(campaign.Build(4));
        try
        {
            CultureInfo.CurrentCulture = commas;
            Dictionary<string, string[][]> tables = await WriteAsync(campaign.Build(4));
            using (Assert.EnterMultipleScope())
            {
                Assert.That(tables["runs.csv"][1][5], Is.EqualTo("2.25"));
                Assert.That(tables["runs.csv"][1][3], Is.EqualTo("2026-01-05T08:00:01.250Z"));
                Assert.That(CampaignReport.Html(campaign.Build(4)), Is.EqualTo(html));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Test]
    public async Task WriteCsv_AsBytes_IsUtf8WithoutMarkAndEndsLinesAsTheStandardSays()
    {
        await CampaignReport.WriteCsvAsync(Campaigns.Small(), _directory);
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(_directory, "throughput.csv"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bytes[0], Is.EqualTo((byte)'a'));
            Assert.That(Encoding.UTF8.GetString(bytes), Does.EndWith("\r\n").And.StartsWith("at,finished,failed\r\n"));
        }
    }

    private async Task<Dictionary<string, string[][]>> WriteAsync(CampaignAnalysis analysis)
    {
        await CampaignReport.WriteCsvAsync(analysis, _directory);
        return Directory.GetFiles(_directory).ToDictionary(file => Path.GetFileName(file), file => Read(File.ReadAllText(file)));
    }

    // A reader by the grammar of RFC 4180.
    private static string[][] Read(string text)
    {
        List<string[]> rows = [];
        List<string> row = [];
        for (int at = 0; at < text.Length;)
        {
            var cell = new StringBuilder();
            if (text[at] == '"')
            {
                for (at++; text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"'); at++)
                {
                    cell.Append(text[at]);
                    at += text[at] == '"' ? 1 : 0;
                }

                at++;
            }
            else
            {
                for (; text[at] is not (',' or '\r'); at++)
                {
                    Assert.That(text[at], Is.Not.EqualTo('"').And.Not.EqualTo('\n'));
                    cell.Append(text[at]);
                }
            }

            row.Add(cell.ToString());
            if (text[at] == ',')
            {
                at++;
                continue;
            }

            Assert.That(text.AsSpan(at, 2).ToString(), Is.EqualTo("\r\n"));
            at += 2;
            rows.Add([.. row]);
            row.Clear();
        }

        return [.. rows];
    }
}
