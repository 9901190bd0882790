namespace Balsam;

/// <content>What happened, as data.</content>
public sealed partial class BalsamClient
{
    /// <summary>Analyses the jobs of a query.</summary>
    /// <param name="query">The jobs.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The analysis.</returns>
    public async Task<CampaignAnalysis> AnalyzeAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        List<Job> jobs = await query.ToListAsync(cancellationToken).ConfigureAwait(false);
        List<JobEvent> events = [];
        await foreach (JobEvent step in ReadEventsAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            events.Add(step);
        }

        return CampaignAnalysis.Of(jobs, events, [], _time.GetUtcNow());
    }
}
