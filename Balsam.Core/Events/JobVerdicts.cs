using System.Collections.Immutable;
using Balsam.Storage;

namespace Balsam;

/// <summary>Chooses the events of jobs that meet a filter. The verdicts on the last few thousand jobs are remembered, for the events of a job come close together.</summary>
internal sealed class JobVerdicts(IJobStore store, JobFilter filter)
{
    private const int Remembered = 65_536;

    private readonly ImmutableHashSet<JobId>? _ids = JobFilters.IdsOf(filter);
    private readonly bool _needsJobs = filter != JobFilter.All && filter is not IdFilter;
    private readonly Dictionary<JobId, bool> _verdicts = [];

    public async Task<IReadOnlyList<JobEvent>> ChooseAsync(IReadOnlyList<JobEvent> events, CancellationToken cancellationToken)
    {
        IReadOnlyList<JobEvent> named = _ids is null ? events : [.. events.Where(step => _ids.Contains(step.JobId))];
        if (!_needsJobs || named.Count == 0)
        {
            return named;
        }

        if (_verdicts.Count > Remembered)
        {
            _verdicts.Clear();
        }

        JobId[] unknown = [.. named.Select(step => step.JobId).Distinct().Where(id => !_verdicts.ContainsKey(id))];
        foreach (Job job in unknown.Length == 0 ? [] : await store.FindAsync(unknown, cancellationToken).ConfigureAwait(false))
        {
            _verdicts[job.Id] = filter.Matches(job);
        }

        return [.. named.Where(step => _verdicts.GetValueOrDefault(step.JobId))];
    }
}
