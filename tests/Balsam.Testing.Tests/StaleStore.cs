using Balsam.Storage;

namespace Balsam.Testing.Tests;

/// <summary>A store that is not linearizable: every third read of a job gives what it gave before, if it was asked before.</summary>
internal sealed class StaleStore(IJobStore inner) : DelegatingJobStore(inner)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, Job> _earlier = [];
    private int _reads;

    public override async Task<IReadOnlyList<Job>> FindAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        IReadOnlyList<Job> now = await base.FindAsync(ids, cancellationToken);
        lock (_gate)
        {
            Job[] answer = [.. now.Select(job => _reads++ % 3 == 0 && _earlier.TryGetValue(job.Id, out Job? earlier) ? earlier : job)];
            foreach (Job job in now)
            {
                _earlier[job.Id] = job;
            }

            return answer;
        }
    }
}
