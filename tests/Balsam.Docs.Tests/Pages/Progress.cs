namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Progress
{
    [Test]
    public async Task Progress_AsOnThePage_IsShown()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Step>());
        BalsamSite site = docs.Site;
        BalsamClient client = docs.Client;
        await client.SubmitAsync(Enumerable.Range(0, 20).Select(i => Step.NewJob($"step/{i}").Tag("study", "a")));
        Console.SetOut(TextWriter.Null);

        #region show
        await using (ConsoleProgress.Show(site.Client))
        {
            await site.RunUntilIdleAsync();
        }
        #endregion

        #region query
        JobQuery study = client.Jobs.WithTag("study", "a");
        await using (ConsoleProgress.Show(client, study))
        {
            await client.WaitAsync(await study.ToListAsync());
        }
        #endregion

        #region track
        var bar = new Progress<CampaignProgress>(p => Console.WriteLine($"{p.Ended}/{p.Total}, {p.Failed} failed, {p.Rate:F1} jobs/s, {p.TimeLeft} left"));
        CampaignProgress last = await client.TrackAsync(bar, study, interval: TimeSpan.FromSeconds(1));
        #endregion

        int seen = 0;
        #region watch
        await foreach (CampaignProgress progress in client.WatchProgressAsync(study))
        {
            seen++;
            if (progress.Failed > 10 || progress.IsComplete)
            {
                break;
            }
        }
        #endregion

        Assert.That((last.Ended, last.Total, seen), Is.EqualTo((20, 20, 1)));
    }

    private sealed class Step : ApplicationDefinition
    {
        public override CommandTemplate Command => "true";
    }
}
