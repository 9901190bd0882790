using Balsam.Storage;

namespace Balsam;

/// <summary>Applies an edit to one job, if the job is free for it and a submit would take the outcome.</summary>
internal sealed class EditRule(JobEdit edit, ApplicationRegistry applications, IReadOnlyDictionary<SiteName, IReadOnlyList<NodeSpec>> nodes, SecretKeeper secrets, TimeProvider time)
{
    private static readonly JobStateSet HookStates = JobStates.Claimable.Except(JobStates.Runnable);

    private readonly Dictionary<(SiteName, JobResources), string?> _requests = [];
    private readonly Dictionary<JobId, (long Version, JobSnapshot? After, UnchangedJob? Refusal)> _prepared = [];

    /// <summary>Applies the edit to jobs as they were read: those that are the same inside the transaction need no more work there, where others wait for it.</summary>
    public void Prepare(IEnumerable<Job> jobs, CancellationToken cancellationToken)
    {
        foreach (Job job in jobs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            JobSnapshot? after = Apply(job.ToSnapshot(), out UnchangedJob? refusal);
            _prepared[job.Id] = (job.Version, after, refusal);
        }
    }

    public JobDecision Decide(Job job, IBulkChangeView view)
    {
        if (WhyBusy(job, view.HolderOf(job.Id)) is { } busy)
        {
            return busy;
        }

        (long version, JobSnapshot? after, UnchangedJob? refusal) = _prepared.GetValueOrDefault(job.Id, (-1, null, null));
        if (version != job.Version)
        {
            after = Apply(job.ToSnapshot(), out refusal);
        }

        return after is null ? JobDecision.Refuse(refusal!.Why, refusal.Message) : JobDecision.Make(new JobChange(job).Edit(_ => after, time.GetUtcNow()));
    }

    private JobSnapshot? Apply(JobSnapshot before, out UnchangedJob? refusal)
    {
        JobSnapshot after = edit.Apply(before, out string? problem);
        refusal = problem is null && after == before ? new UnchangedJob(WhyUnchanged.AlreadySo, "it is so already")
            : (problem ?? WhyInvalid(before, ref after)) is { } invalid ? new UnchangedJob(WhyUnchanged.Invalid, invalid)
            : null;
        return refusal is null ? after : null;
    }

    // A launcher that only waits to launch a job lets go of it when it is told. A hook has read the job already, and what it sets would overwrite the edit.
    private JobDecision? WhyBusy(Job job, LauncherSession? holder)
    {
        if (job.State == JobState.Running)
        {
            return JobDecision.Refuse(WhyUnchanged.Running, "it is RUNNING; edit it once the run has ended, or cancel it");
        }

        JobStateSet hooked = applications.TryGet(job.Application, out ApplicationDescriptor? application) ? application.HookedStates : HookStates;
        return holder is not null && hooked.Contains(job.State)
            ? JobDecision.Refuse(
                WhyUnchanged.Leased,
                $"launcher {holder.Request.Host}:{holder.Request.ProcessId} works on it ({job.State.ToText()}): a hook may be reading it; try again once that is done")
            : null;
    }

    private string? WhyInvalid(JobSnapshot before, ref JobSnapshot after)
    {
        if (!ReferenceEquals(after.Data, before.Data) && SubmissionLimits.WhyTooLarge(after.Data) is { } tooLarge)
        {
            return tooLarge;
        }

        if (!ReferenceEquals(after.Parameters, before.Parameters))
        {
            List<string> problems = [];
            ApplicationDescriptor? application = applications.TryGet(after.Application, out ApplicationDescriptor? known) ? known : null;
            after = after with { Parameters = ParameterRules.Complete(application, after.Parameters, (_, message) => problems.Add(message)) };
            if (problems.Count > 0)
            {
                return string.Join(" ", problems);
            }
        }

        if (secrets.WhyLeak(after.Parameters, after.Data, after.Tags, null, null).FirstOrDefault() is { } leak)
        {
            return leak;
        }

        return ReferenceEquals(after.Resources, before.Resources) ? null : WhyNever(after.Site, after.Resources);
    }

    private string? WhyNever(SiteName site, JobResources resources)
    {
        if (!_requests.TryGetValue((site, resources), out string? problem))
        {
            problem = resources.Validate().FirstOrDefault()
                ?? (nodes.GetValueOrDefault(site) is { Count: > 0 } known && NodeRequests.WhyNever(known, resources) is { } never ? never + "." : null);
            _requests.Add((site, resources), problem);
        }

        return problem;
    }
}
