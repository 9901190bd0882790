using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;
using Balsam.Reports;

namespace Balsam.Load.Host.Scenarios;

/// <summary>One parent of so many children, and one child of all of them, run through while somebody follows the progress; then analysed and reported.</summary>
internal sealed class FanRunScenario : IScenario
{
    public async Task RunAsync(string directory, int size, Figures figures)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, 4, balsam => balsam.AddApplication<Echo>());
        BalsamClient client = site.Client;
        await figures.TimeAsync("submit", () => client.SubmitAsync(FanScenario.Make(size)));
        CampaignProgress last = await figures.TimeAsync("run", () => client.TrackAsync(new Progress<CampaignProgress>(static _ => { })));
        Check.Same(size + 2, last.Counts[JobState.JobFinished]);
        CampaignAnalysis analysis = await figures.TimeAsync("analyse", () => client.AnalyzeAsync());
        Check.Same(size + 2, analysis.Jobs.Count);
        string report = Path.Combine(directory, "report.html");
        await figures.TimeAsync("report", () => client.Reports.WriteHtmlAsync(report));
        figures.Add("report_mib", new FileInfo(report).Length / 1048576.0);
    }
}
