namespace Balsam.Testing.Simulation;

/// <summary>A campaign as one simulation played it. Durations are counted from its submit.</summary>
public sealed class SimulatedCampaign
{
    private readonly CampaignGraph _graph;
    private readonly SimulationOptions _options;
    private readonly JobState[] _states;
    private readonly List<SimulatedRun> _runs;
    private readonly List<StepOfCores> _steps;
    private readonly SimulationHistory? _history;
    private IReadOnlyList<ApplicationForecast>? _applications;
    private CriticalPath? _criticalPath;

    internal SimulatedCampaign(
        CampaignGraph graph,
        SimulationOptions options,
        int seed,
        JobState[] states,
        List<SimulatedRun> runs,
        List<StepOfCores> steps,
        CampaignUse use,
        SimulationHistory? history,
        IReadOnlyList<SimulatedLauncher> launchers)
    {
        _graph = graph;
        _options = options;
        _states = states;
        _runs = runs;
        _steps = steps;
        _history = history;
        Seed = seed;
        Use = use;
        Launchers = launchers;
        TimeSpan start = runs.Count == 0 ? TimeSpan.Zero : runs[0].Start;
        foreach (SimulatedRun run in runs)
        {
            TimeToEnd = run.End > TimeToEnd ? run.End : TimeToEnd;
        }

        Makespan = TimeToEnd - start;
    }

    /// <summary>The seed.</summary>
    public int Seed { get; }

    /// <summary>From the first start of a run to the last end of one.</summary>
    public TimeSpan Makespan { get; }

    /// <summary>From the submit to the last end of a run: with the wait for the first allocation.</summary>
    public TimeSpan TimeToEnd { get; }

    /// <summary>What became of the node-hours.</summary>
    public CampaignUse Use { get; }

    /// <summary>The runs, in the order in which they started.</summary>
    public IReadOnlyList<SimulatedRun> Runs => _runs;

    /// <summary>The state that each job was in at the end, in the order of the jobs.</summary>
    public IReadOnlyList<JobState> States => _states;

    /// <summary>Whether every job has ended, well or badly.</summary>
    public bool AllEnded => Array.TrueForAll(_states, state => state.IsFinal());

    /// <summary>The applications, by name.</summary>
    public IReadOnlyList<ApplicationForecast> Applications => _applications ??= CountApplications();

    /// <summary>The longest way through the graph.</summary>
    public CriticalPath CriticalPath => _criticalPath ??= CriticalPath.Of(_graph, _runs);

    /// <summary>The allocations that came, in their order.</summary>
    public IReadOnlyList<SimulatedLauncher> Launchers { get; }

    /// <summary>The cores that runs held over time.</summary>
    public StepSeries BusyCores => Series(step => step.Busy);

    /// <summary>The cores of the allocations over time.</summary>
    public StepSeries OfferedCores => Series(step => step.Offered);

    /// <summary>The placement of each run, in the order of <see cref="Runs"/>.</summary>
    /// <exception cref="InvalidOperationException"><see cref="SimulationOptions.KeepHistory"/> is off.</exception>
    public IReadOnlyList<Placement> Placements => History.Placements;

    /// <summary>The jobs, as a client would give them at the end.</summary>
    /// <exception cref="InvalidOperationException"><see cref="SimulationOptions.KeepHistory"/> is off.</exception>
    public IReadOnlyList<Job> Jobs => History.Jobs;

    /// <summary>The jobs' events, as a store would have them.</summary>
    /// <exception cref="InvalidOperationException"><see cref="SimulationOptions.KeepHistory"/> is off.</exception>
    public IReadOnlyList<JobEvent> Events => History.Events;

    private SimulationHistory History => _history ?? throw new InvalidOperationException("The simulation kept no history. Set SimulationOptions.KeepHistory.");

    /// <summary>Analyses the campaign as a real one is analysed, for example for a report: <c>CampaignReport.WriteHtmlAsync(campaign.Analyze(), path)</c>.</summary>
    /// <returns>The analysis.</returns>
    /// <exception cref="InvalidOperationException"><see cref="SimulationOptions.KeepHistory"/> is off.</exception>
    public CampaignAnalysis Analyze() => CampaignAnalysis.Of(Jobs, Events, Launchers.Select(Record), _options.SubmittedAt + TimeToEnd);

    internal Summary ToSummary() => new(Makespan, TimeToEnd, _states.Count(state => state != JobState.JobFinished));

    private ApplicationForecast[] CountApplications()
    {
        ILookup<ApplicationName, SimulatedRun> runs = _runs.ToLookup(run => _graph.Jobs[run.Job].Application);
        return
        [
            .. Enumerable.Range(0, _states.Length).GroupBy(job => _graph.Jobs[job].Application).OrderBy(group => group.Key).Select(group => new ApplicationForecast(
                group.Key,
                group.Count(),
                group.Count(job => _states[job] == JobState.JobFinished),
                runs[group.Key].Count(),
                runs[group.Key].Count(run => run.Failure is not null),
                DurationQuantiles.Of(runs[group.Key].Select(run => run.End - run.Start)))),
        ];
    }

    private LauncherRecord Record(SimulatedLauncher launcher, int number)
    {
        DateTimeOffset start = _options.SubmittedAt + launcher.Start;
        return new LauncherRecord(new LeaseToken(SessionId.New(start), number + 1), SiteName.Local, "simulated", 0, [.. launcher.Allocation.Nodes], start, _options.SubmittedAt + launcher.End);
    }

    private StepSeries Series(Func<StepOfCores, double> value)
    {
        List<StepPoint> points = [];
        foreach (StepOfCores step in _steps)
        {
            var point = new StepPoint(_options.SubmittedAt.AddTicks(step.At), value(step));
            if (points.Count == 0 || points[^1].Value != point.Value)
            {
                points.Add(point);
            }
        }

        return new StepSeries(points);
    }

    /// <summary>What a forecast keeps of each simulation.</summary>
    internal readonly record struct Summary(TimeSpan Makespan, TimeSpan TimeToEnd, int Unfinished);
}
