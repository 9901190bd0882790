namespace Balsam.Testing.Simulation;

/// <summary>What a launcher adds to the jobs themselves.</summary>
/// <param name="Start">From RUNNING until the program does its work, and from its end until that is seen: the job holds its place meanwhile.</param>
/// <param name="Finish">From the end of a run, by hooks and the store, until the job has ended and its children can go: its place is free.</param>
public readonly record struct LauncherOverhead(TimeSpan Start, TimeSpan Finish)
{
    private const int LeftOut = 10;

    /// <summary>None.</summary>
    public static LauncherOverhead None => default;

    /// <summary>Learns the overhead from jobs of which it is known how long they run by themselves: sleeps, for example.</summary>
    /// <remarks>
    /// <see cref="Start"/> is what the runs that ended well took longer; <see cref="Finish"/> is how long children that found room started after the end of their last parent. Both are means
    /// without the tenth that is lowest and the tenth that is highest.
    /// </remarks>
    /// <param name="client">The client of the store.</param>
    /// <param name="runTime">How long a job runs by itself.</param>
    /// <param name="query">Which jobs to learn from; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The overhead.</returns>
    /// <exception cref="InvalidOperationException">No run of the jobs has ended well.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public static async Task<LauncherOverhead> LearnAsync(BalsamClient client, Func<Job, TimeSpan> runTime, JobQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(runTime);
        CampaignAnalysis analysis = await client.AnalyzeAsync(query, cancellationToken).ConfigureAwait(false);
        Dictionary<JobId, Job> jobs = (await (query ?? client.Jobs).ToListAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(job => job.Id);
        RunSpan[] done = [.. analysis.Runs.Where(run => run.Outcome == JobState.RunDone && jobs.ContainsKey(run.JobId))];
        if (done.Length == 0)
        {
            throw new InvalidOperationException("No run of these jobs has ended well: there is nothing to learn the overhead from.");
        }

        Dictionary<JobId, DateTimeOffset> ends = [];
        foreach (RunSpan run in done)
        {
            ends[run.JobId] = run.End!.Value;
        }

        return new LauncherOverhead(
            Middle(done.Select(run => run.End!.Value - run.Start - runTime(jobs[run.JobId]))),
            Middle(done.Where(run => run.Attempt == 1).Select(run => WaitOf(jobs[run.JobId], run)).OfType<TimeSpan>()));

        // Only of children that found room as soon as they were free.
        TimeSpan? WaitOf(Job job, RunSpan run)
        {
            DateTimeOffset[] parents = [.. job.Parents.Where(edge => ends.ContainsKey(edge.Parent)).Select(edge => ends[edge.Parent])];
            return parents.Length == job.Parents.Length && parents.Length > 0
                && analysis.BusyCores.ValueAt(parents.Max()) + run.Cores <= analysis.AvailableCores.ValueAt(parents.Max()) ? run.Start - parents.Max() : null;
        }
    }

    private static TimeSpan Middle(IEnumerable<TimeSpan> durations)
    {
        TimeSpan[] sorted = [.. durations.Order()];
        int left = sorted.Length / LeftOut;
        TimeSpan[] middle = sorted[left..^left];
        return middle.Length == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, (long)middle.Average(duration => duration.Ticks)));
    }
}
