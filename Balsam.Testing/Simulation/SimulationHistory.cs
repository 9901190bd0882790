using System.Collections.Immutable;
using System.Globalization;
using Balsam.Launch;
using Balsam.Launch.Lifecycle;

namespace Balsam.Testing.Simulation;

/// <summary>The jobs of a simulation as the client would give them, moved by the job's own rules, with the events that a store would have.</summary>
internal sealed class SimulationHistory
{
    private readonly Job[] _jobs;
    private readonly List<JobEvent> _events = [];
    private readonly List<Placement> _placements = [];
    private readonly DateTimeOffset _submittedAt;

    public SimulationHistory(CampaignGraph graph, DateTimeOffset submittedAt)
    {
        _submittedAt = submittedAt;
        _jobs = [.. graph.Jobs.Select((job, place) => Create(job, place, submittedAt))];
        for (int place = 0; place < _jobs.Length; place++)
        {
            if (graph.ParentCounts[place] > 0)
            {
                Commit(place, new JobChange(_jobs[place]).Apply(JobTrigger.ParentsPending, submittedAt));
            }
        }
    }

    public IReadOnlyList<Job> Jobs => _jobs;

    public IReadOnlyList<JobEvent> Events => _events;

    /// <summary>The placement of each run, in the order of the starts.</summary>
    public IReadOnlyList<Placement> Placements => _placements;

    public void Ready(int job, long at) => Commit(job, new JobChange(_jobs[job]).Apply(JobTrigger.ParentsFinished, At(at)).Apply(JobTrigger.StagedIn, At(at)));

    public void FailChild(int job, int parent, long at) => Commit(job, new JobChange(_jobs[job]).Fail(JobTrigger.ParentFailed, At(at), DependencyRules.FailureOfChild(_jobs[parent])));

    public void Start(int job, Placement placement, long at)
    {
        JobChange change = Preprocessed(job, at);
        change.Apply(JobTrigger.Started, At(at), data: JobData.Parse(StartData.Write(_jobs[job], placement).ToString()));
        Commit(job, change);
        _placements.Add(placement);
    }

    public void FailStart(int job, string reason, long at) =>
        Commit(job, Preprocessed(job, at).Fail(JobTrigger.StartFailed, At(at), new FailureDetails { Kind = FailureKind.Impossible, Message = reason }));

    public void End(int job, FailureKind? failure, int exitCode, long at)
    {
        var change = new JobChange(_jobs[job]);
        Commit(job, failure is not { } kind ? change.Apply(JobTrigger.RunSucceeded, At(at))
            : kind == FailureKind.ExitCode
            ? change.Fail(JobTrigger.RunFailed, At(at), new FailureDetails { Kind = kind, Message = string.Create(CultureInfo.InvariantCulture, $"exit code {exitCode}"), ExitCode = exitCode })
            : change.Fail(JobTrigger.RunTimedOut, At(at), new FailureDetails { Kind = kind, Message = Describe(job, kind) }));
    }

    public FailureDetails? FailureOf(int job) => _jobs[job].Failure;

    public void Settle(int job, HookOutcome outcome, long at)
    {
        var change = new JobChange(_jobs[job]);
        Launcher.Apply(change, outcome, At(at));
        if (change.After.State == JobState.Postprocessed)
        {
            change.Apply(JobTrigger.StagedOut, At(at)).Apply(JobTrigger.Finished, At(at));
        }

        Commit(job, change);
    }

    private string Describe(int job, FailureKind kind) => kind switch
    {
        FailureKind.TimeLimit => FormattableString.Invariant($"The run exceeded its time limit of {_jobs[job].Resources.TimeLimit}."),
        FailureKind.LauncherStopped => "The run was ended because the launcher came to its wall time.",
        _ => "A node of the run failed.",
    };

    private static Job Create(SimulatedJob job, int place, DateTimeOffset at) => Job.Create(
        new JobId(place + 1),
        new JobAddition
        {
            Application = job.Application,
            Site = SiteName.Local,
            Workdir = job.Workdir,
            Parameters = job.Parameters,
            Tags = job.Tags,
            Resources = job.Resources,
            Priority = job.Priority,
        },
        [.. job.Parents.Select(parent => new JobDependency(new JobId(parent.Job + 1), parent.Condition))],
        at);

    private JobChange Preprocessed(int job, long at)
    {
        var change = new JobChange(_jobs[job]);
        return _jobs[job].State == JobState.StagedIn ? change.Apply(JobTrigger.Preprocessed, At(at)) : change;
    }

    private void Commit(int job, JobChange change)
    {
        _jobs[job] = change.After;
        foreach (JobEvent step in change.Events)
        {
            _events.Add(step.WithSequence(_events.Count + 1));
        }
    }

    private DateTimeOffset At(long ticks) => _submittedAt.AddTicks(ticks);
}
