using Balsam.Storage;

namespace Balsam.Launch.Lifecycle;

/// <summary>What contexts need of the store: reading a job's family before, and making ready what was asked for after.</summary>
internal sealed class ContextDesk(IJobStore store, SubmissionDesk submissions, SiteDirectory site, SecretKeeper secrets)
{
    public async Task<IReadOnlyList<ParentJob>> ReadParentsAsync(Job job, CancellationToken cancellationToken)
    {
        Dictionary<JobId, Job> parents = (await store.FindAsync([.. job.Parents.Select(edge => edge.Parent)], cancellationToken).ConfigureAwait(false)).ToDictionary(parent => parent.Id);
        return [.. job.Parents.Where(edge => parents.ContainsKey(edge.Parent)).Select(edge => new ParentJob(parents[edge.Parent], edge.Condition, site.Resolve(parents[edge.Parent].Workdir)))];
    }

    public Task<IReadOnlyList<Job>> ReadChildrenAsync(Job job, CancellationToken cancellationToken) =>
        store.QueryAsync(new JobSelector { Filter = new ChildOfFilter(job.Id) }, cancellationToken);

    /// <summary>Takes what was asked for out of a context whose hook or function has returned.</summary>
    /// <param name="context">The context.</param>
    /// <param name="failsJob">Whether the outcome fails the job: what was submitted is then meant to run after that.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <exception cref="BalsamException">It cannot be stored: the data are too large, or what was submitted is refused.</exception>
    public async Task<ContextChanges> CollectAsync(ApplicationContext context, bool failsJob, CancellationToken cancellationToken)
    {
        JobData data = context.Data.Current;
        if ((SubmissionLimits.WhyTooLarge(data) ?? secrets.WhyLeak(JobData.Empty, data, context.Tags.Current, null, null).FirstOrDefault()) is { } problem)
        {
            throw new BalsamException(problem);
        }

        DependencyCondition below = failsJob ? DependencyCondition.Either : DependencyCondition.Success;
        (IReadOnlyList<JobAddition> additions, IReadOnlyList<JobLink> links) = await submissions.PlanAsync(context, below, cancellationToken).ConfigureAwait(false);
        return new ContextChanges(context.Job, data, context.Tags.Current, additions, links);
    }

    /// <summary>Says why what a hook or function asked for cannot be stored.</summary>
    public static FailureDetails Describe(FailureKind kind, BalsamException refusal, string? hook = null)
    {
        string message = refusal is SubmitRefusedException submit ? submit.DescribeAll() : refusal.Message;
        return FailureDetails.FromException(kind, refusal, hook is null ? message : $"{hook}: {message}");
    }
}
