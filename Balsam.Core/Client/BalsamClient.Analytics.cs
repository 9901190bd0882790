namespace Balsam;

/// <content>What happened, as figures.</content>
public sealed partial class BalsamClient
{
    // Of so few jobs the histories are read one by one; of more, the stream from the first of them on.
    private const int FewHistories = 1000;
    private const int EventPage = 4096;

    /// <summary>Analyses jobs: their way through the states, their runs, throughput, busy and available cores, waits, run times and failures, as data.</summary>
    /// <param name="query">Which jobs; null for all.</param>
    /// <param name="cancellationToken">Cancels the analysis.</param>
    /// <returns>The analysis, of the events up to the newest there was when it began, and of the jobs' other fields as they are.</returns>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public async Task<CampaignAnalysis> AnalyzeAsync(JobQuery? query = null, CancellationToken cancellationToken = default)
    {
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        long newest = await _store.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        var analyzer = new CampaignAnalyzer();
        await foreach (Job job in (query is null ? Jobs : Demand(query)).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            analyzer.Add(job);
        }

        await ReadEventsAsync(analyzer, newest, cancellationToken).ConfigureAwait(false);
        return analyzer.Build(await _store.ListLaunchersAsync(cancellationToken).ConfigureAwait(false), _time.GetUtcNow());
    }

    private async Task ReadEventsAsync(CampaignAnalyzer analyzer, long newest, CancellationToken cancellationToken)
    {
        if (analyzer.Ids.Count <= FewHistories)
        {
            foreach (JobId id in analyzer.Ids)
            {
                analyzer.Add(await _store.ReadHistoryAsync(id, cancellationToken).ConfigureAwait(false), newest);
            }

            return;
        }

        // Numbers are given in the order of submission: no event of the jobs is older than the first of the smallest number.
        long after = await _store.ReadHistoryAsync(analyzer.Ids.Min(), cancellationToken).ConfigureAwait(false) is [JobEvent first, ..] ? first.Sequence - 1 : 0;
        while (after < newest && await _store.ReadEventsAsync(after, EventPage, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            analyzer.Add(page, newest);
            after = page[^1].Sequence;
        }
    }
}
