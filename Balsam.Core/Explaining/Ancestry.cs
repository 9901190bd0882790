using System.Collections.Immutable;
using Balsam.Storage;

namespace Balsam;

/// <summary>The ancestors of jobs that wait for parents, each read once, and what is to be seen in them.</summary>
internal sealed class Ancestry
{
    private const int MostJobs = 250_000;
    private const int MostSteps = 2_000_000;
    private const int Listed = 3;

    // So many parents are read whatever their state; of more, only those that may still be waited for.
    private const int Few = 256;
    private static readonly StateFilter Unfinished = new(JobStates.All.Except(JobStateSet.Of(JobState.JobFinished)));

    private readonly Dictionary<JobId, Job?> _jobs = [];
    private readonly HashSet<JobId> _settled = [];
    private int _stepsLeft = MostSteps;

    private Ancestry()
    {
    }

    /// <summary>Reads the ancestors of those that wait for parents, generation by generation, up to a bound.</summary>
    public static async Task<Ancestry> ReadAsync(IJobStore store, IEnumerable<Job> jobs, CancellationToken cancellationToken)
    {
        var ancestry = new Ancestry();
        List<JobId> next = [];
        foreach (Job job in jobs.Where(IsWaiting))
        {
            ancestry._jobs[job.Id] = job;
        }

        foreach (Job job in ancestry._jobs.Values.ToArray()!)
        {
            ancestry.Want(job, next);
        }

        while (next.Count > 0)
        {
            IReadOnlyList<Job> found = next.Count <= Few
                ? await store.FindAsync(next, cancellationToken).ConfigureAwait(false)
                : await store.QueryAsync(new JobSelector { Filter = new IdFilter([.. next]).And(Unfinished) }, cancellationToken).ConfigureAwait(false);
            if (next.Count > Few)
            {
                ancestry._settled.UnionWith(next.Except(found.Select(job => job.Id)));
            }

            next = [];
            foreach (Job job in found)
            {
                ancestry._jobs[job.Id] = job;
            }

            foreach (Job job in found.Where(IsWaiting))
            {
                ancestry.Want(job, next);
            }
        }

        return ancestry;
    }

    /// <summary>What a job waits for. The number of steps is bounded over all calls.</summary>
    /// <param name="job">A job that the ancestry was read for.</param>
    /// <param name="refusal">Why no live launcher will run a job; null when one will.</param>
    public ParentsReason Explain(Job job, Func<Job, JobReason?> refusal)
    {
        JobId[] open = [.. job.Parents.Where(IsOpen).Select(edge => edge.Parent)];
        Dictionary<(JobState?, JobReason?), List<JobId>> causes = [];
        HashSet<JobId> seen = [job.Id, .. open];
        Stack<JobId> left = new(open.Reverse());
        bool isDirect = true;
        bool isComplete = true;
        while (left.TryPop(out JobId id))
        {
            if (--_stepsLeft < 0 || !_jobs.TryGetValue(id, out Job? ancestor))
            {
                isDirect = isComplete = false;
                continue;
            }

            if (ancestor is null || !IsWaiting(ancestor))
            {
                (JobState?, JobReason?) cause = (ancestor?.State, ancestor is null ? null : refusal(ancestor));
                if (!causes.TryGetValue(cause, out List<JobId>? same))
                {
                    causes.Add(cause, same = []);
                }

                same.Add(id);
                continue;
            }

            isDirect = false;
            foreach (JobDependency edge in ancestor.Parents.Where(IsOpen))
            {
                if (seen.Add(edge.Parent))
                {
                    left.Push(edge.Parent);
                }
            }
        }

        return new ParentsReason(
            open.Length,
            [.. open.Take(Listed)],
            [.. causes.Select(cause => new RootCause(cause.Key.Item1, cause.Key.Item2, cause.Value.Count, [.. cause.Value.Order().Take(Listed)]))
                .OrderByDescending(cause => cause.Outlook).ThenBy(cause => cause.First[0])],
            isDirect,
            isComplete);
    }

    /// <summary>The jobs behind ancestors that do not go on by themselves, each with what must happen first.</summary>
    /// <param name="refusal">Why no live launcher will run a job; null when one will.</param>
    public IReadOnlyDictionary<JobId, JobOutlook> FindHeldUp(Func<Job, JobReason?> refusal)
    {
        Dictionary<JobId, List<JobId>> children = [];
        foreach (Job job in _jobs.Values.Where(job => job is not null && IsWaiting(job))!)
        {
            foreach (JobDependency edge in job.Parents.Where(IsOpen))
            {
                if (!children.TryGetValue(edge.Parent, out List<JobId>? waiting))
                {
                    children.Add(edge.Parent, waiting = []);
                }

                waiting.Add(job.Id);
            }
        }

        Dictionary<JobId, JobOutlook> heldUp = [];
        foreach ((JobId id, JobOutlook outlook) in children.Keys.Select(id => (id, OutlookOf(id, refusal))).Where(root => root.Item2 > JobOutlook.Passing).OrderByDescending(root => root.Item2).ToArray())
        {
            Queue<JobId> behind = new([id]);
            while (behind.TryDequeue(out JobId parent))
            {
                foreach (JobId child in children.GetValueOrDefault(parent) ?? [])
                {
                    if (heldUp.TryAdd(child, outlook))
                    {
                        behind.Enqueue(child);
                    }
                }
            }
        }

        return heldUp;
    }

    private static bool IsWaiting(Job job) => job.State == JobState.AwaitingParents;

    private JobOutlook OutlookOf(JobId id, Func<Job, JobReason?> refusal) => !_jobs.TryGetValue(id, out Job? job) || (job is not null && IsWaiting(job))
        ? JobOutlook.Passing
        : new RootCause(job?.State, job is null ? null : refusal(job), 1, []).Outlook;

    // Null stays for those that the store does not find: they are gone.
    private void Want(Job job, List<JobId> wanted)
    {
        foreach (JobDependency edge in job.Parents)
        {
            if (_jobs.Count < MostJobs && _jobs.TryAdd(edge.Parent, null))
            {
                wanted.Add(edge.Parent);
            }
        }
    }

    private bool IsOpen(JobDependency edge) =>
        !_settled.Contains(edge.Parent) && (!_jobs.TryGetValue(edge.Parent, out Job? parent) || parent is null || DependencyRules.Judge(edge.Condition, parent.State) != DependencyVerdict.Satisfied);
}
