using System.Collections.Immutable;

namespace Balsam.Reports.Tests;

/// <summary>A job of a made-up campaign: its steps are said one after the other, in seconds since the start.</summary>
internal sealed class PlannedJob(JobId id, string application, string workdir, ImmutableArray<PlannedJob> parents)
{
    private readonly List<JobEvent> _events = [];
    private FailureDetails? _failure;
    private double _at;
    private int _attempt;

    public JobId Id => id;

    public JobState State { get; private set; } = JobState.Created;

    public Dictionary<string, string> Tags { get; } = [];

    public IReadOnlyList<JobEvent> Events => _events;

    /// <summary>Goes to a state.</summary>
    public PlannedJob Step(JobState to, double at, JobData? data = null)
    {
        JobTrigger trigger = JobTransitions.All.Where(row => row.From == State && row.To == to).Select(row => row.Trigger).FirstOrDefault(JobTrigger.Cancelled);
        _events.Add(new JobEvent { JobId = id, From = State, Trigger = trigger, To = to, At = CampaignBuilder.Start.AddSeconds(at), Data = data ?? JobData.Empty });
        (State, _at) = (to, at);
        return this;
    }

    /// <summary>Runs, after whatever comes before a run.</summary>
    public PlannedJob Runs(double from, double to, string node = "n01", int cores = 1, JobState outcome = JobState.RunDone) => Starts(from, [node], cores).Step(outcome, to);

    /// <summary>Begins to run, after whatever comes before a run.</summary>
    public PlannedJob Starts(double from, string[] nodes, int cores)
    {
        JobState[] before = State switch
        {
            JobState.AwaitingParents => [JobState.Ready, JobState.StagedIn, JobState.Preprocessed],
            JobState.Ready => [JobState.StagedIn, JobState.Preprocessed],
            JobState.RunError or JobState.RunTimeout => [JobState.RestartReady],
            _ => [],
        };
        double ready = _at;
        foreach (JobState state in before)
        {
            Step(state, state == JobState.RestartReady ? ready : Math.Max(ready, from - 0.5));
        }

        return Step(JobState.Running, from, JobData.Parse(System.Text.Json.JsonSerializer.Serialize(new { nodes, cores, gpus = 0, attempt = ++_attempt })));
    }

    /// <summary>Ends well.</summary>
    public PlannedJob Finishes() => Step(JobState.Postprocessed, _at).Step(JobState.StagedOut, _at).Step(JobState.JobFinished, _at);

    /// <summary>Ends badly.</summary>
    public PlannedJob Fails(FailureKind kind, string message, params string[] lines) =>
        Fails(new FailureDetails { Kind = kind, Message = message, LastLines = [.. lines], ExitCode = kind == FailureKind.ExitCode ? 1 : null });

    /// <summary>Ends badly.</summary>
    public PlannedJob Fails(FailureDetails failure)
    {
        _failure = failure;
        return Step(JobState.Failed, _at);
    }

    public Job ToJob() => Job.Restore(new JobSnapshot
    {
        Id = id,
        Version = 1,
        State = State,
        Application = application,
        Site = new SiteName("test"),
        Workdir = workdir,
        Tags = Tags,
        Parents = [.. parents.Select(parent => new JobDependency(parent.Id, DependencyCondition.Success))],
        Attempt = _attempt,
        Failure = _failure,
        CreatedAt = CampaignBuilder.Start,
        LastUpdate = CampaignBuilder.Start.AddSeconds(_at),
    });
}
