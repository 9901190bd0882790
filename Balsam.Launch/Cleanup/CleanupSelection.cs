using System.Runtime.CompilerServices;
using Balsam.Storage;

namespace Balsam.Launch.Cleanup;

/// <summary>Which jobs of a site are to be cleaned up, and which of them others still need.</summary>
internal sealed class CleanupSelection(IJobStore store, ApplicationRegistry applications, SiteName site)
{
    private const int PageSize = 1000;

    private static readonly StateFilter Active = new(JobStates.All.Except(JobStates.Final));

    /// <summary>Reads the jobs in batches, by number.</summary>
    public async IAsyncEnumerable<IReadOnlyList<CleanupCandidate>> ReadAsync(JobFilter filter, int batchSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JobFilter known = new OrFilter([.. applications.All.SelectMany(application => application.Names).Select(name => new ApplicationFilter(name))]);
        JobId? after = null;
        while (true)
        {
            var selector = new JobSelector
            {
                Filter = new AndFilter([new CleanupPendingFilter(), new StateFilter(JobStateSet.Of(JobState.JobFinished)), new SiteFilter(site), known, filter, new IdRangeFilter(after, null)]),
                Take = batchSize,
            };
            IReadOnlyList<Job> jobs = await store.QueryAsync(selector, cancellationToken).ConfigureAwait(false);
            if (jobs.Count == 0)
            {
                yield break;
            }

            Dictionary<JobId, string> waiting = await FindWaitingAsync(jobs, cancellationToken).ConfigureAwait(false);
            yield return [.. jobs.Select(job => new CleanupCandidate(job, PatternsOf(job), waiting.GetValueOrDefault(job.Id)))];
            after = jobs[^1].Id;
        }
    }

    private IReadOnlyList<string> PatternsOf(Job job) => applications.TryGet(job.Application, out ApplicationDescriptor? application) ? application.CleanupFiles : [];

    // One pass over the jobs that have not ended, which stores keep at hand: each says whose files it needs.
    private async Task<Dictionary<JobId, string>> FindWaitingAsync(IReadOnlyList<Job> finished, CancellationToken cancellationToken)
    {
        HashSet<JobId> ids = [.. finished.Select(job => job.Id)];
        ILookup<string, JobId> workdirs = finished.ToLookup(job => job.Workdir, job => job.Id, StringComparer.Ordinal);
        Dictionary<JobId, string> waiting = [];
        JobId? after = null;
        IReadOnlyList<Job> page;
        do
        {
            page = await store.QueryAsync(new JobSelector { Filter = new AndFilter([Active, new IdRangeFilter(after, null)]), Take = PageSize }, cancellationToken).ConfigureAwait(false);
            foreach (Job job in page)
            {
                foreach (JobDependency edge in job.Parents.Where(edge => ids.Contains(edge.Parent)))
                {
                    waiting.TryAdd(edge.Parent, $"its child {job.Id} is {job.State.ToText()}");
                }

                foreach (JobId other in job.Site == site ? DirectoriesOf(job.Workdir).SelectMany(directory => workdirs[directory]) : [])
                {
                    waiting.TryAdd(other, $"job {job.Id}, which is {job.State.ToText()}, has its workdir there ('{job.Workdir}')");
                }
            }

            after = page.Count == 0 ? null : page[^1].Id;
        }
        while (page.Count == PageSize);
        return waiting;
    }

    private static IEnumerable<string> DirectoriesOf(string workdir)
    {
        for (int end = workdir.Length; end > 0; end = workdir.LastIndexOf('/', end - 1))
        {
            yield return workdir[..end];
        }
    }
}
