namespace Balsam.Testing.Simulation;

/// <content>Learning from what jobs took.</content>
public static partial class RunTimeModel
{
    /// <summary>Learns run times from the runs of a store.</summary>
    /// <param name="client">The store's client.</param>
    /// <param name="query">Which jobs to learn from; null for all.</param>
    /// <param name="parameters">The names of the parameters that run times depend on; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The model; what it knows about a job says <see cref="LearnedRunTimes.Know"/>.</returns>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public static async Task<LearnedRunTimes> LearnAsync(
        BalsamClient client, JobQuery? query = null, IReadOnlyCollection<string>? parameters = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        CampaignAnalysis analysis = await client.AnalyzeAsync(query, cancellationToken).ConfigureAwait(false);
        Dictionary<JobId, JobData> data = [];
        await foreach (Job job in (query ?? client.Jobs).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            data[job.Id] = job.Parameters;
        }

        return new LearnedRunTimes(
            analysis.Runs.Where(run => run is { End: not null, Outcome: JobState.RunDone or JobState.RunError } && data.ContainsKey(run.JobId))
                .Select(run => (run.Application, data[run.JobId], new DrawnRun(run.End!.Value - run.Start, run.Outcome == JobState.RunDone ? 0 : 1))),
            parameters);
    }
}
