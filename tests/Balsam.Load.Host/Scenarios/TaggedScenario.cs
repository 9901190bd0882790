using System.Globalization;
using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>So many jobs with ten tags each, in one submit.</summary>
internal sealed class TaggedScenario : IScenario
{
    private const int Tags = 10;
    private const int Groups = 50;

    public async Task RunAsync(string directory, int size, Figures figures)
    {
        BalsamSite site = await Sites.OpenIdleAsync(directory, balsam => balsam.AddApplication<Echo>());
        await using (site)
        {
            NewJob[] jobs = [.. Enumerable.Range(0, size).Select(Make)];
            IReadOnlyList<Job> submitted = await figures.TimeAsync("submit", () => site.Client.SubmitAsync(jobs));
            Check.Same(size, submitted.Count);
        }

        site = await figures.TimeAsync("reopen", () => Sites.OpenIdleAsync(directory, balsam => balsam.AddApplication<Echo>()));
        await using (site)
        {
            BalsamClient client = site.Client;
            Check.Same(size, (await client.CountByStateAsync())[JobState.StagedIn] + (await client.CountByStateAsync())[JobState.Preprocessed]);
            long group = await figures.TimeAsync("count_by_tag", () => client.Jobs.WithTag("t3", "7").CountAsync());
            Check.Same((size + Groups - 8) / Groups, group);
            List<Job> page = await figures.TimeAsync("page_of_tag", () => client.Jobs.WithTag("t9", "0").Skip(10).Take(10).ToListAsync());
            Check.That(page.All(job => job.Tags.Count == Tags), "A job came back without all of its tags.");
            ChangeReport cancelled = await figures.TimeAsync("cancel_by_tag", () => client.Jobs.WithTag("t0", "1").CancelAsync("one group"));
            Check.Same((size + Groups - 2) / Groups, cancelled.Changed.Count);
            CampaignAnalysis analysis = await figures.TimeAsync("analyse", () => client.AnalyzeAsync());
            Check.Same(size, analysis.Jobs.Count);
        }
    }

    private static NewJob Make(int number)
    {
        NewJob job = Echo.NewJob(FormattableString.Invariant($"t/{number / 1000}/{number}"), number);
        for (int tag = 0; tag < Tags; tag++)
        {
            job.Tag(FormattableString.Invariant($"t{tag}"), (number % Groups).ToString(CultureInfo.InvariantCulture));
        }

        return job;
    }
}
