namespace Balsam;

/// <summary>What happened in a campaign, as data: the way of each job, what ran where, and figures over time. All instants are in UTC, to the millisecond.</summary>
public sealed record CampaignAnalysis
{
    /// <summary>The first instant: the first step of a job; without jobs, the instant of the analysis.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The last instant: the last step of a job when all have ended; else the instant of the analysis, and what still goes on counts until then.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The jobs, by number.</summary>
    public required IReadOnlyList<JobTimeline> Jobs { get; init; }

    /// <summary>Their runs, by start; those that still go on have no end.</summary>
    public required IReadOnlyList<RunSpan> Runs { get; init; }

    /// <summary>How often a job has come to JOB_FINISHED up to each instant: the throughput, added up. A job that was run again counts again.</summary>
    public required StepSeries Finished { get; init; }

    /// <summary>How often a job has come to FAILED up to each instant. A job that failed again after a restart counts again.</summary>
    public required StepSeries Failed { get; init; }

    /// <summary>The cores of the runs under way at each instant.</summary>
    public required StepSeries BusyCores { get; init; }

    /// <summary>The nodes on which there is at least one run.</summary>
    public required StepSeries BusyNodes { get; init; }

    /// <summary>The runs that go on.</summary>
    public required StepSeries RunningJobs { get; init; }

    /// <summary>The nodes of the launchers of the jobs' sites that are there, from <see cref="From"/> on. A node of two launchers counts once.</summary>
    public required StepSeries AvailableNodes { get; init; }

    /// <summary>The cores of these nodes. A core of two launchers counts once.</summary>
    public required StepSeries AvailableCores { get; init; }

    /// <summary>The number of jobs in each of the fourteen states over time.</summary>
    public required IReadOnlyDictionary<JobState, StepSeries> Occupancy { get; init; }

    /// <summary>Queue waits and run times, by name of application.</summary>
    public required IReadOnlyList<ApplicationDurations> Durations { get; init; }

    /// <summary>The jobs that are FAILED at the end, by cause; the most frequent cause first.</summary>
    public required IReadOnlyList<FailureGroup> Failures { get; init; }

    /// <summary>The number of jobs in each state at the end.</summary>
    public required JobCounts Counts { get; init; }

    /// <summary>The time from the first start of a run to the last end of one, or to <see cref="To"/> while one goes on; zero when nothing ran.</summary>
    public required TimeSpan Makespan { get; init; }

    /// <summary>
    /// The core-time of the runs during the makespan, as a share (0 to 1) of the core-time that the launchers offered in it. Null when nothing ran or no launcher is known;
    /// above 1 only when there were runs under launchers that are not known.
    /// </summary>
    public required double? Utilization { get; init; }

    /// <summary>Makes an analysis.</summary>
    /// <param name="jobs">The jobs, each once.</param>
    /// <param name="events">Their events, those of each job in the order in which they happened. Events of other jobs are passed over; a job without events counts as in its state since it was submitted.</param>
    /// <param name="launchers">The launchers, for what was available; those of other sites are passed over.</param>
    /// <param name="now">Until when what goes on counts.</param>
    /// <returns>The analysis.</returns>
    public static CampaignAnalysis Of(IEnumerable<Job> jobs, IEnumerable<JobEvent> events, IEnumerable<LauncherRecord> launchers, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(launchers);
        var analyzer = new CampaignAnalyzer();
        foreach (Job job in jobs)
        {
            analyzer.Add(job);
        }

        analyzer.Add(events);
        return analyzer.Build([.. launchers], now);
    }

    /// <summary>Writes a summary of some lines.</summary>
    /// <returns>Counts, makespan and utilization; waits and run times by application; the failures.</returns>
    public override string ToString() => AnalysisSummary.Of(this);
}
