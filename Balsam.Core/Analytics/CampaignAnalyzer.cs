namespace Balsam;

/// <summary>Takes jobs, then their events in the order of the stream, and makes the analysis. It keeps of each only what the analysis needs.</summary>
internal sealed class CampaignAnalyzer
{
    private readonly Dictionary<JobId, JobTimeline> _jobs = [];
    private readonly List<RunStart> _starts = [];
    private readonly ParameterCounts _parameters = new();
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public IReadOnlyCollection<JobId> Ids => _jobs.Keys;

    public void Add(Job job)
    {
        if (_jobs.TryAdd(job.Id, new JobTimeline(job)))
        {
            _parameters.Add(job);
        }
    }

    public void Add(IEnumerable<JobEvent> events, long newest = long.MaxValue)
    {
        foreach (JobEvent step in events)
        {
            if (step.Sequence <= newest)
            {
                Add(step);
            }
        }
    }

    public CampaignAnalysis Build(IReadOnlyList<LauncherRecord> launchers, DateTimeOffset now)
    {
        JobTimeline[] jobs = [.. _jobs.Values];
        Array.Sort(jobs, (left, right) => left.Id.CompareTo(right.Id));
        foreach (JobTimeline job in jobs.Where(job => job.StepCount == 0))
        {
            job.Enter(job.StateAsRead, job.CreatedAt);
        }

        long first = long.MaxValue;
        long last = long.MinValue;
        bool ended = true;
        foreach (JobTimeline job in jobs)
        {
            first = Math.Min(first, PackedStep.MillisecondOf(job.Steps[0]));
            last = Math.Max(last, PackedStep.MillisecondOf(job.Steps[^1]));
            ended &= job.State.IsFinal();
        }

        DateTimeOffset stored = now.ToStoredInstant();
        DateTimeOffset from = jobs.Length == 0 ? stored : DateTimeOffset.FromUnixTimeMilliseconds(first);
        DateTimeOffset newest = jobs.Length == 0 ? stored : DateTimeOffset.FromUnixTimeMilliseconds(last);
        DateTimeOffset to = ended || stored < newest ? newest : stored;
        foreach (JobTimeline job in jobs)
        {
            job.AnalysisEnd = to;
        }

        RunSpan[] runs = [.. _starts.Select(start => start.ToSpan())];
        Array.Sort(runs, (left, right) => (left.Start, left.JobId, left.Attempt).CompareTo((right.Start, right.JobId, right.Attempt)));
        SiteName SiteOf(RunSpan run) => _jobs[run.JobId].Site;
        HashSet<SiteName> sites = [.. jobs.Select(job => job.Site)];
        LauncherRecord[] serving = [.. launchers.Where(launcher => sites.Contains(launcher.Site))];
        StateSeries states = StateSeries.Of(jobs);
        RunSeries busy = RunSeries.Of(runs, SiteOf);
        LauncherSeries available = LauncherSeries.Of(serving, from, to);
        DateTimeOffset start = runs.Length == 0 ? from : runs[0].Start;
        DateTimeOffset end = runs.Length == 0 ? from : runs.Max(run => run.End ?? to);
        double offered = available.Cores.Mean(start, end);
        return new CampaignAnalysis
        {
            From = from,
            To = to,
            Jobs = jobs,
            Runs = runs,
            Finished = states.Finished,
            Failed = states.Failed,
            Occupancy = states.Occupancy,
            BusyCores = busy.Cores,
            BusyNodes = busy.Nodes,
            RunningJobs = busy.Jobs,
            AvailableCores = available.Cores,
            AvailableNodes = available.Nodes,
            Durations = JobDurations.Of(jobs),
            Failures = new FailureGrouping(jobs, runs, serving, SiteOf, _parameters).Group(),
            Counts = new JobCounts(jobs.Select(job => (job.State, 1L))),
            Makespan = end - start,
            Utilization = end > start && offered > 0 ? busy.Cores.Mean(start, end) / offered : null,
        };
    }

    // Events of jobs that are not of the analysis are passed over.
    private void Add(JobEvent step)
    {
        if (!_jobs.TryGetValue(step.JobId, out JobTimeline? job))
        {
            return;
        }

        job.Enter(step.To, step.At);
        if (step.To == JobState.Running)
        {
            _starts.Add(RunStart.Of(job, job.StepCount - 1, step.Data, Intern));
        }
    }

    // A few names stand in millions of events.
    private string Intern(string name)
    {
        if (!_names.TryGetValue(name, out string? known))
        {
            _names.Add(name, known = name);
        }

        return known;
    }
}
