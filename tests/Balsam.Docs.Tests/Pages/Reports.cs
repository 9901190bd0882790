namespace Balsam.Docs.Tests.Pages;

// The page names files without a directory, so the program's directory is one of the test's own meanwhile.
[TestFixture]
[NonParallelizable]
public sealed class Reports
{
    [Test]
    public async Task Reports_AsOnThePage_AreWritten()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Relax>());
        BalsamClient client = docs.Client;
        await client.SubmitAsync([.. Enumerable.Range(0, 3).Select(i => new NewJob("Relax", $"study/{i}").Tag("study", "a").Tag("molecule", $"C{i}").Tag("method", "HF"))]);
        await docs.Site.RunUntilIdleAsync();
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = docs.Site.Directory;
        try
        {
            #region files
            await client.Reports.WriteHtmlAsync(client.Jobs.WithTag("study", "a"), "study-a.html");
            await client.Reports.WriteCsvAsync(client.Jobs.WithTag("study", "a"), "study-a");
            #endregion

            Assert.That(await File.ReadAllTextAsync("study-a.html"), Does.Contain("<h1>Campaign</h1>"));
            Assert.That(Directory.GetFiles("study-a"), Has.Length.EqualTo(7));

            #region options
            await client.Reports.WriteHtmlAsync(client.Jobs.WithTag("study", "a"), "study-a.html", new ReportOptions
            {
                Title = "Study A",
                Label = job => job.Tags.GetValueOrDefault("molecule", job.Workdir),
                Group = job => job.Tags.GetValueOrDefault("method", "none"),
            });
            #endregion

            Assert.That(await File.ReadAllTextAsync("study-a.html"), Does.Contain("<h1>Study A</h1>").And.Contain("HF × 3").And.Contain("C2"));

            #region analysis
            CampaignAnalysis analysis = await client.AnalyzeAsync(client.Jobs.WithTag("study", "a"));
            string page = CampaignReport.Html(analysis, new ReportOptions { Title = "Study A" });
            await CampaignReport.WriteCsvAsync(analysis, "study-a");
            #endregion

            Assert.That(page, Does.Contain("<section id=\"gantt\">"));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    private sealed class Relax : ApplicationDefinition
    {
        public override CommandTemplate Command => "true";
    }
}
