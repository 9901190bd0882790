using System.Collections.Immutable;

namespace Balsam;

/// <content>Submitting, up to the write: what <c>SubmitAsync</c> and <c>CheckAsync</c> share, and what only the check looks at.</content>
public sealed partial class BalsamClient
{
    /// <summary>Says what a submit of a job would do, without writing anything.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What it would do, and what it would be refused for.</returns>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public Task<SubmitCheck> CheckAsync(NewJob job, CancellationToken cancellationToken = default) => CheckAsync([job], cancellationToken);

    /// <summary>
    /// Says what a submit of some jobs would do, without writing anything: every problem that it would be refused for, the command of each job as it would run,
    /// which jobs are new, which are stored already under their key and what is different about those.
    /// </summary>
    /// <remarks>It answers for this instant. When a new job names its workdir, it reads every stored job once, to see whether another has it.</remarks>
    /// <param name="jobs">The jobs, as for <see cref="SubmitAsync(IEnumerable{NewJob}, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What it would do; <see cref="SubmitCheck.ToString"/> is a table to read.</returns>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public async Task<SubmitCheck> CheckAsync(IEnumerable<NewJob> jobs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        SubmissionPlan plan = await PlanAsync(jobs, cancellationToken).ConfigureAwait(false);
        Dictionary<string, Job> stored = await FindKeyedAsync(plan.Additions, cancellationToken).ConfigureAwait(false);
        Dictionary<(SiteName, string), Job> users = await FindUsersAsync(
            plan.Additions.Where(addition => addition.Workdir is not null && (addition.Key is null || !stored.ContainsKey(addition.Key))).Select(addition => (addition.Site, addition.Workdir!)),
            cancellationToken).ConfigureAwait(false);
        return new SubmitReview(plan, _applications, stored, users, _secrets).ToCheck();
    }

    private async Task<SubmissionPlan> PlanAsync(IEnumerable<NewJob> jobs, CancellationToken cancellationToken)
    {
        NewJob[] all = [.. jobs];
        if (all.Contains(null))
        {
            throw new ArgumentException("One of the jobs is null.", nameof(jobs));
        }

        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _submissions.PlanAsync(all, Site, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Dictionary<string, Job>> FindKeyedAsync(IReadOnlyList<JobAddition> additions, CancellationToken cancellationToken)
    {
        ImmutableHashSet<string> keys = [.. additions.Select(addition => addition.Key).OfType<string>()];
        IReadOnlyList<Job> found = keys.IsEmpty ? [] : await _store.QueryAsync(new JobSelector { Filter = new KeyFilter(keys) }, cancellationToken).ConfigureAwait(false);
        return found.ToDictionary(job => job.Key!, StringComparer.Ordinal);
    }

    // Where several jobs have a workdir, the youngest is meant.
    private async Task<Dictionary<(SiteName, string), Job>> FindUsersAsync(IEnumerable<(SiteName, string)> workdirs, CancellationToken cancellationToken)
    {
        HashSet<(SiteName, string)> asked = [.. workdirs];
        Dictionary<(SiteName, string), Job> users = [];
        if (asked.Count == 0)
        {
            return users;
        }

        await foreach (Job job in Jobs.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (asked.Contains((job.Site, job.Workdir)))
            {
                users[(job.Site, job.Workdir)] = job;
            }
        }

        return users;
    }
}
