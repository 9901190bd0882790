using System.Collections.Immutable;
using Balsam.Storage;

namespace Balsam;

/// <summary>A question about the steps that jobs have taken. Immutable and lazy: each call narrows it and gives a new one; nothing is read before a call that ends in <c>Async</c>, or <c>await foreach</c>.</summary>
/// <remarks>
/// <para>Events come oldest first, in the order in which they were stored, unless <see cref="Descending"/> says otherwise. (Python Balsam gives the newest first unless told otherwise.)
/// Those of deleted jobs are gone with them.</para>
/// <para>What is asked of jobs (tags, application, state, …) is asked of the jobs as they are when the events are read, not as they were at the event.</para>
/// <para>A time span is looked up in the order of storage, so that it costs no more than what lies in it. Clocks that were set back by at most one minute do no harm to that;
/// after a larger step, an event that was stored among later or earlier dated ones may be missed. <see cref="Since"/> depends on no clock.</para>
/// </remarks>
/// <example><code>
/// List&lt;JobEvent&gt; failures = await client.Events.To(JobState.Failed).OfJobs(q =&gt; q.WithTag("study", "a")).Descending().Take(10).ToListAsync();
/// await foreach (JobEvent step in client.Events.To(JobState.JobFinished).WatchAsync()) Console.WriteLine(step.JobId);
/// </code></example>
public sealed partial class JobEventQuery : IAsyncEnumerable<JobEvent>
{
    private readonly IJobStore _store;
    private readonly JobQuery _allJobs;
    private readonly EventConditions _conditions;

    internal JobEventQuery(IJobStore store, JobQuery allJobs, EventConditions conditions)
    {
        _store = store;
        _allJobs = allJobs;
        _conditions = conditions;
    }

    /// <summary>Events of one of some jobs.</summary>
    /// <param name="ids">The jobs; none gives no event.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery OfJob(params IEnumerable<JobId> ids) => OfJobs(_allJobs.WithIds(ids));

    /// <summary>Events of the jobs of a query: <c>OfJobs(client.Jobs.WithTag("study", "a"))</c>.</summary>
    /// <param name="jobs">The query.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="ArgumentException"><paramref name="jobs"/> is cut by <see cref="JobQuery.Skip"/> or <see cref="JobQuery.Take"/>, or is on another store.</exception>
    public JobEventQuery OfJobs(JobQuery jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        if (jobs.IsCut)
        {
            throw new ArgumentException("Events can be asked for all jobs of a query, not for a page of them: leave out Skip and Take, or read the page first and give the numbers to OfJob.", nameof(jobs));
        }

        if (!ReferenceEquals(jobs.Store, _store))
        {
            throw new ArgumentException($"The query is on another store ({jobs.Store.Description}) than these events ({_store.Description}).", nameof(jobs));
        }

        return With(_conditions with { Jobs = _conditions.Jobs.Add(jobs) });
    }

    /// <summary>Events of some jobs: <c>OfJobs(q =&gt; q.WithTag("study", "a"))</c>.</summary>
    /// <param name="narrow">Narrows a query of all jobs.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery OfJobs(Func<JobQuery, JobQuery> narrow)
    {
        ArgumentNullException.ThrowIfNull(narrow);
        return OfJobs(narrow(_allJobs));
    }

    /// <summary>Steps that left one of some states.</summary>
    /// <param name="states">The states.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery From(params ReadOnlySpan<JobState> states) => From(JobStateSet.Of(states));

    /// <summary>Steps that left one of a set of states.</summary>
    /// <param name="states">The states.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery From(JobStateSet states) => With(_conditions with { FromStates = _conditions.FromStates.Intersect(states) });

    /// <summary>Steps that led to one of some states.</summary>
    /// <param name="states">The states.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery To(params ReadOnlySpan<JobState> states) => To(JobStateSet.Of(states));

    /// <summary>Steps that led to one of a set of states.</summary>
    /// <param name="states">The states, for example <see cref="JobStates.Final"/>.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery To(JobStateSet states) => With(_conditions with { ToStates = _conditions.ToStates.Intersect(states) });

    /// <summary>Steps for one of some reasons.</summary>
    /// <param name="triggers">The triggers.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery WithTrigger(params IEnumerable<JobTrigger> triggers)
    {
        ImmutableHashSet<JobTrigger> wanted = [.. triggers];
        return With(_conditions with { Triggers = _conditions.Triggers?.Intersect(wanted) ?? wanted });
    }

    /// <summary>Steps taken between two instants, both of them included.</summary>
    /// <param name="from">The first instant.</param>
    /// <param name="to">The last instant.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery Between(DateTimeOffset from, DateTimeOffset to) => After(from).Before(to);

    /// <summary>Steps taken at an instant or after it.</summary>
    /// <param name="instant">The instant, included.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery After(DateTimeOffset instant) => With(_conditions with { Earliest = instant > _conditions.Earliest ? instant : _conditions.Earliest });

    /// <summary>Steps taken at an instant or before it.</summary>
    /// <param name="instant">The instant, included.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery Before(DateTimeOffset instant) => With(_conditions with { Latest = instant < _conditions.Latest ? instant : _conditions.Latest });

    /// <summary>Events stored after another: how a reader goes on where it stopped.</summary>
    /// <param name="token">The <see cref="JobEvent.Sequence"/> of the last event already seen; 0 for none. One that is larger than the newest event's is refused when the query runs: it is of another store.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery Since(long token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        return With(_conditions with { Since = Math.Max(token, _conditions.Since ?? 0) });
    }

    /// <summary>Events with a value at a place in their data: <c>WithData("attempt", 2)</c>.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="path">The place: <c>cores</c>, <c>nodes[0]</c>.</param>
    /// <param name="value">The value.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="FormatException"><paramref name="path"/> is not a path.</exception>
    public JobEventQuery WithData<T>(string path, T value) => WithData(path, Comparison.Equal, value);

    /// <summary>Events whose value at a place in their data compares with another: <c>WithData("cores", Comparison.Greater, 16)</c>.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="path">The place: <c>cores</c>, <c>nodes[0]</c>.</param>
    /// <param name="comparison">How it compares; an event without a value there is never meant.</param>
    /// <param name="value">The other value.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="FormatException"><paramref name="path"/> is not a path.</exception>
    public JobEventQuery WithData<T>(string path, Comparison comparison, T value) =>
        With(_conditions with { Data = _conditions.Data.Add(new JsonFilter(JsonSource.Data, JsonPath.Parse(path), comparison, JobData.From(value))) });

    /// <summary>Events that meet a predicate. It may be any code, and is asked of each event that the rest of the query leaves; states, times and jobs are found quicker by the calls for them.</summary>
    /// <param name="predicate">The predicate.</param>
    /// <returns>The narrower query.</returns>
    public JobEventQuery Where(Func<JobEvent, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return With(_conditions with { Predicates = _conditions.Predicates.Add(predicate) });
    }

    /// <summary>The newest first.</summary>
    /// <returns>The ordered query.</returns>
    public JobEventQuery Descending() => With(_conditions with { Descending = true });

    /// <summary>Gives at most so many events.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The cut query.</returns>
    public JobEventQuery Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new JobEventQuery(_store, _allJobs, _conditions with { Take = Math.Min(_conditions.Take, count) });
    }

    /// <summary>Writes the question in words.</summary>
    /// <returns>For example <c>events of jobs with tag study is "a", to FAILED, newest first</c>.</returns>
    public override string ToString() => EventWords.Of(_conditions);

    private JobEventQuery With(EventConditions conditions) => _conditions.Take == int.MaxValue
        ? new JobEventQuery(_store, _allJobs, conditions)
        : throw new InvalidOperationException("Take cuts the result; filter and order before it.");
}
