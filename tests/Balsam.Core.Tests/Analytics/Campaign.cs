namespace Balsam.Core.Tests.Analytics;

/// <summary>A history made by hand: jobs, moved at given seconds after noon, and launchers.</summary>
internal sealed class Campaign
{
    public static readonly DateTimeOffset Noon = new(2030, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly JobTrigger[] ToFinish = [JobTrigger.Postprocessed, JobTrigger.StagedOut, JobTrigger.Finished];

    private readonly Dictionary<JobId, Job> _jobs = [];

    public List<JobEvent> Events { get; } = [];

    public List<LauncherRecord> Launchers { get; } = [];

    public IReadOnlyList<Job> Jobs => [.. _jobs.Values];

    public static DateTimeOffset At(double seconds) => Noon.AddSeconds(seconds);

    public static FailureDetails ExitCode(int code, params string[] lastLines) =>
        new() { Kind = FailureKind.ExitCode, Message = FormattableString.Invariant($"exit code {code}"), ExitCode = code, LastLines = [.. lastLines] };

    public JobId Submit(double at, string application = "Relax", string parameters = "{}", string site = "local", params JobId[] parents)
    {
        var id = new JobId(_jobs.Count + 1);
        var job = Job.Create(
            id,
            new JobAddition { Application = application, Site = site, Parameters = JobData.Parse(parameters) },
            [.. parents.Select(parent => new JobDependency(parent, DependencyCondition.Success))],
            At(at));
        _jobs.Add(id, job);
        Move(id, at, parents.Length > 0 ? JobTrigger.ParentsPending : JobTrigger.ParentsFinished);
        return id;
    }

    public void Move(JobId id, double at, params JobTrigger[] triggers) => Change(id, change => Array.ForEach(triggers, trigger => change.Apply(trigger, At(at))));

    /// <summary>Starts a run, as a launcher does: with the steps that lead there, at one instant.</summary>
    public void Start(JobId id, double at, int cores, params string[] nodes) => Change(id, change =>
    {
        if (change.Before.State == JobState.Ready)
        {
            change.Apply(JobTrigger.StagedIn, At(at)).Apply(JobTrigger.Preprocessed, At(at));
        }

        change.Apply(JobTrigger.Started, At(at), data: JobData.From(new Dictionary<string, object> { ["nodes"] = nodes, ["cores"] = cores, ["gpus"] = 0.5, ["attempt"] = change.Before.Attempt + 1 }));
    });

    public void Finish(JobId id, double at) => Move(id, at, [JobTrigger.RunSucceeded, .. ToFinish]);

    public void Fail(JobId id, double at, FailureDetails failure) =>
        Change(id, change => change.Fail(JobTrigger.RunFailed, At(at), failure).Fail(JobTrigger.HookFailed, At(at), failure));

    public void Cancel(JobId id, double at) => Change(id, change => change.Fail(JobTrigger.Cancelled, At(at), new FailureDetails { Kind = FailureKind.Cancelled, Message = "enough" }));

    public void Launch(double opened, double? closed, string host, params NodeSpec[] nodes) => Launchers.Add(
        new LauncherRecord(new LeaseToken(SessionId.New(At(opened)), Launchers.Count + 1), "local", host, 1, [.. nodes], At(opened), closed is { } end ? At(end) : null));

    public CampaignAnalysis Analyze(double now) => CampaignAnalysis.Of(Jobs, Events, Launchers, At(now));

    private void Change(JobId id, Action<JobChange> change)
    {
        var made = new JobChange(_jobs[id]);
        change(made);
        _jobs[id] = made.After;
        Events.AddRange(made.Events.Select(step => step.WithSequence(Events.Count + 1)));
    }
}
