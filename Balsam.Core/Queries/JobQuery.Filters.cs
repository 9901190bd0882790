using System.Linq.Expressions;

namespace Balsam;

/// <content>What narrows a query.</content>
public sealed partial class JobQuery
{
    /// <summary>Jobs that meet a condition besides.</summary>
    /// <param name="filter">The condition.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="InvalidOperationException">The query has been cut by <see cref="Skip"/> or <see cref="Take"/> already.</exception>
    public JobQuery Where(JobFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        DemandUncut();
        return With(Selector with { Filter = Selector.Filter.And(filter) });
    }

    /// <summary>Jobs that meet a predicate, which the store answers: <c>Where(j =&gt; j.State == JobState.Failed &amp;&amp; j.Tags["study"] == "a")</c>.</summary>
    /// <param name="predicate">The predicate. A condition about something that a job does not have (a tag, a failure, a member of its data) is false.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="NotSupportedException">A part of the predicate cannot be asked of a store; the message names it, and what to write instead.</exception>
    /// <exception cref="InvalidOperationException">The query has been cut by <see cref="Skip"/> or <see cref="Take"/> already.</exception>
    public JobQuery Where(Expression<Func<Job, bool>> predicate) => Where(JobFilter.Matching(predicate));

    /// <summary>Jobs that at least one of some queries would give: <c>WhereAny(q =&gt; q.InState(JobState.Failed), q =&gt; q.WithTag("study"))</c>.</summary>
    /// <param name="alternatives">Each narrows a query of all jobs.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WhereAny(params IEnumerable<Func<JobQuery, JobQuery>> alternatives)
    {
        ArgumentNullException.ThrowIfNull(alternatives);
        return Where(new OrFilter([.. alternatives.Select(FilterOf)]));
    }

    /// <summary>Jobs that a query would not give: <c>WhereNot(q =&gt; q.WithTag("study", "a"))</c>.</summary>
    /// <param name="excluded">Narrows a query of all jobs.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WhereNot(Func<JobQuery, JobQuery> excluded)
    {
        ArgumentNullException.ThrowIfNull(excluded);
        return Where(FilterOf(excluded).Not());
    }

    /// <summary>Jobs in one of some states.</summary>
    /// <param name="states">The states.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery InState(params ReadOnlySpan<JobState> states) => Where(new StateFilter(JobStateSet.Of(states)));

    /// <summary>Jobs in one of a set of states.</summary>
    /// <param name="states">The states, for example <see cref="JobStates.Final"/>.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery InState(JobStateSet states) => Where(new StateFilter(states));

    /// <summary>Jobs in none of some states.</summary>
    /// <param name="states">The states.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery NotInState(params ReadOnlySpan<JobState> states) => NotInState(JobStateSet.Of(states));

    /// <summary>Jobs in none of a set of states.</summary>
    /// <param name="states">The states, for example <see cref="JobStates.Final"/>.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery NotInState(JobStateSet states) => Where(new StateFilter(JobStates.All.Except(states)));

    /// <summary>Jobs of an application, also those stored under one of its <see cref="FormerNamesAttribute"/>.</summary>
    /// <typeparam name="TApplication">The application.</typeparam>
    /// <returns>The narrower query.</returns>
    public JobQuery WithApplication<TApplication>()
        where TApplication : ApplicationDefinition => Where(JobFilters.OfApplication(typeof(TApplication)));

    /// <summary>Jobs stored under the name of an application.</summary>
    /// <param name="application">Its stored name.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithApplication(ApplicationName application) => Where(new ApplicationFilter(application));

    /// <summary>Jobs of one of some applications.</summary>
    /// <param name="applications">Their stored names; none gives no job.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithApplications(params IEnumerable<ApplicationName> applications) => Where(AnyOf(applications, application => new ApplicationFilter(application)));

    /// <summary>Jobs of a site.</summary>
    /// <param name="site">The site.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery InSite(SiteName site) => Where(new SiteFilter(site));

    /// <summary>Jobs with a tag; call it again for further tags.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value; null for any.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithTag(string key, string? value = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Where(new TagFilter(key, value));
    }

    /// <summary>Jobs with all of some tags.</summary>
    /// <param name="tags">Keys and values, a dictionary for example.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithTags(IEnumerable<KeyValuePair<string, string>> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        return Where(new AndFilter([.. tags.Select(tag => new TagFilter(tag.Key, tag.Value))]));
    }

    /// <summary>Jobs with all of some tags: <c>WithTags(("study", "a"), ("mesh", "fine"))</c>.</summary>
    /// <param name="tags">Keys and values.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithTags(params IEnumerable<(string Key, string Value)> tags) => WithTags(tags.Select(tag => KeyValuePair.Create(tag.Key, tag.Value)));

    /// <summary>Jobs with one of some keys: <c>await client.Jobs.WithKey("study/mesh-64").FirstOrDefaultAsync()</c>.</summary>
    /// <param name="keys">The keys, as <see cref="NewJob.WithKey"/> gave them; none gives no job.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithKey(params IEnumerable<string> keys) => Where(new KeyFilter([.. keys]));

    /// <summary>Jobs of some numbers.</summary>
    /// <param name="ids">The numbers; none gives no job.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithIds(params IEnumerable<JobId> ids) => Where(new IdFilter([.. ids]));

    /// <summary>Jobs submitted after another: how a listing by number continues behind the last job of a page, however many jobs have left the query since.</summary>
    /// <param name="id">The other job's number.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery AfterId(JobId id) => Where(new IdRangeFilter(id, null));

    /// <summary>Jobs submitted before another: how a listing by falling number continues.</summary>
    /// <param name="id">The other job's number.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery BeforeId(JobId id) => Where(new IdRangeFilter(null, id));

    /// <summary>Children of a job.</summary>
    /// <param name="parent">The parent.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery ChildrenOf(JobId parent) => Where(new ChildOfFilter(parent));

    /// <summary>Children of a job.</summary>
    /// <param name="parent">The parent.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery ChildrenOf(Job parent)
    {
        ArgumentNullException.ThrowIfNull(parent);
        return ChildrenOf(parent.Id);
    }

    /// <summary>Children of at least one of some jobs.</summary>
    /// <param name="parents">The parents; none gives no job.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery ChildrenOf(IEnumerable<JobId> parents) => Where(AnyOf(parents, parent => new ChildOfFilter(parent)));

    /// <summary>Parents of a job, which is looked up when the query runs.</summary>
    /// <param name="child">The child. When there is no such job, running the query throws <see cref="JobNotFoundException"/>.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery ParentsOf(JobId child)
    {
        DemandUncut();
        return new JobQuery(_client, _store, Selector, _kin.Add(new Kinship(child, Below: false)));
    }

    /// <summary>Parents of a job.</summary>
    /// <param name="child">The child.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery ParentsOf(Job child)
    {
        ArgumentNullException.ThrowIfNull(child);
        return WithIds(child.Parents.Select(edge => edge.Parent));
    }

    /// <summary>Jobs below another: its children, the children of these, and so on. They are looked up when the query runs: <c>client.Jobs.DescendantsOf(mesh).CancelAsync("wrong mesh")</c>.</summary>
    /// <param name="ancestor">The job above; it is not among them.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery DescendantsOf(JobId ancestor)
    {
        DemandUncut();
        return new JobQuery(_client, _store, Selector, _kin.Add(new Kinship(ancestor, Below: true)));
    }

    /// <summary>Jobs below another: its children, the children of these, and so on. They are looked up when the query runs.</summary>
    /// <param name="ancestor">The job above; it is not among them.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery DescendantsOf(Job ancestor)
    {
        ArgumentNullException.ThrowIfNull(ancestor);
        return DescendantsOf(ancestor.Id);
    }

    /// <summary>Jobs whose workdir is a directory or lies below it.</summary>
    /// <param name="directory">The directory, relative to the site's data directory.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery UnderWorkdir(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Where(new WorkdirFilter(directory.TrimEnd('/')));
    }

    /// <summary>Jobs whose workdir contains a text. Nothing in it is a wildcard.</summary>
    /// <param name="fragment">The text.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithWorkdirContaining(string fragment)
    {
        ArgumentNullException.ThrowIfNull(fragment);
        return Where(new WorkdirTextFilter(fragment, TextMatch.Anywhere));
    }

    /// <summary>Jobs last changed at an instant or after it.</summary>
    /// <param name="instant">The instant, included.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery UpdatedAfter(DateTimeOffset instant) => Where(new LastUpdateFilter(instant, null));

    /// <summary>Jobs last changed at an instant or before it.</summary>
    /// <param name="instant">The instant, included.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery UpdatedBefore(DateTimeOffset instant) => Where(new LastUpdateFilter(null, instant));

    /// <summary>Jobs submitted at an instant or after it.</summary>
    /// <param name="instant">The instant, included.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery CreatedAfter(DateTimeOffset instant) => Where(new CreatedAtFilter(instant, null));

    /// <summary>Jobs submitted at an instant or before it.</summary>
    /// <param name="instant">The instant, included.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery CreatedBefore(DateTimeOffset instant) => Where(new CreatedAtFilter(null, instant));

    /// <summary>Jobs with something at a place in their data.</summary>
    /// <param name="path">The place: <c>energy</c>, <c>fit.points[0].x</c>, <c>['a.b'].c</c>.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="FormatException"><paramref name="path"/> is not a path.</exception>
    public JobQuery WithData(string path) => Where(new JsonExistsFilter(JsonSource.Data, JsonPath.Parse(path)));

    /// <summary>Jobs with a value at a place in their data.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="path">The place: <c>energy</c>, <c>fit.points[0].x</c>, <c>['a.b'].c</c>.</param>
    /// <param name="value">The value.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="FormatException"><paramref name="path"/> is not a path.</exception>
    public JobQuery WithData<T>(string path, T value) => WithData(path, Comparison.Equal, value);

    /// <summary>Jobs whose value at a place in their data compares with another: <c>WithData("energy", Comparison.Less, 0)</c>.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="path">The place: <c>energy</c>, <c>fit.points[0].x</c>, <c>['a.b'].c</c>.</param>
    /// <param name="comparison">How it compares; a job without a value there is never meant.</param>
    /// <param name="value">The other value.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="FormatException"><paramref name="path"/> is not a path.</exception>
    public JobQuery WithData<T>(string path, Comparison comparison, T value) => Where(new JsonFilter(JsonSource.Data, JsonPath.Parse(path), comparison, JobData.From(value)));

    /// <summary>Jobs with something at a place in their parameters.</summary>
    /// <param name="path">The place: <c>tolerance</c>, <c>mesh.cells[0]</c>, <c>['a.b'].c</c>; names as they are stored, in camel case.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="FormatException"><paramref name="path"/> is not a path.</exception>
    public JobQuery WithParameter(string path) => Where(new JsonExistsFilter(JsonSource.Parameters, JsonPath.Parse(path)));

    /// <summary>Jobs with a value at a place in their parameters.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="path">The place: <c>tolerance</c>, <c>mesh.cells[0]</c>, <c>['a.b'].c</c>; names as they are stored, in camel case.</param>
    /// <param name="value">The value.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="FormatException"><paramref name="path"/> is not a path.</exception>
    public JobQuery WithParameter<T>(string path, T value) => WithParameter(path, Comparison.Equal, value);

    /// <summary>Jobs whose value at a place in their parameters compares with another.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="path">The place: <c>tolerance</c>, <c>mesh.cells[0]</c>, <c>['a.b'].c</c>; names as they are stored, in camel case.</param>
    /// <param name="comparison">How it compares; a job without a value there is never meant.</param>
    /// <param name="value">The other value.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="FormatException"><paramref name="path"/> is not a path.</exception>
    public JobQuery WithParameter<T>(string path, Comparison comparison, T value) => Where(new JsonFilter(JsonSource.Parameters, JsonPath.Parse(path), comparison, JobData.From(value)));

    /// <summary>Jobs that were started exactly so many times.</summary>
    /// <param name="attempts">How often.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithAttempts(int attempts) => Where(new AttemptFilter(attempts, attempts));

    /// <summary>Jobs that were started so many times: <c>WithAttempts(min: 3)</c>.</summary>
    /// <param name="min">At least; null for no limit.</param>
    /// <param name="max">At most; null for no limit.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithAttempts(int? min = null, int? max = null) => Where(new AttemptFilter(min, max));

    /// <summary>Jobs of exactly one priority.</summary>
    /// <param name="priority">The priority.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithPriority(int priority) => Where(new PriorityFilter(priority, priority));

    /// <summary>Jobs of some priorities: <c>WithPriority(min: 1)</c>.</summary>
    /// <param name="min">At least; null for no limit.</param>
    /// <param name="max">At most; null for no limit.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithPriority(int? min = null, int? max = null) => Where(new PriorityFilter(min, max));

    /// <summary>Jobs whose last run ended with an exit code.</summary>
    /// <param name="code">The code.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithReturnCode(int code) => Where(new ReturnCodeFilter(code, code));

    /// <summary>Jobs that failed, or whose last run did, by one of some kinds of failure.</summary>
    /// <param name="kinds">The kinds; none for any.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithFailure(params IEnumerable<FailureKind> kinds)
    {
        FailureKind[] all = [.. kinds];
        return Where(all.Length == 0 ? new FailureFilter(null) : AnyOf(all, kind => new FailureFilter(kind)));
    }

    /// <summary>Jobs with a transfer in one of some states: <c>WithTransferIn(TransferState.Failed)</c>. <see cref="BalsamClient.Transfers"/> gives the transfers themselves.</summary>
    /// <param name="states">The states; none gives no job.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithTransferIn(params IEnumerable<TransferState> states) => WithTransferIn(states, new TransferFilter());

    /// <summary>Jobs that have finished, and in whose workdirs files that nobody needs any more may still be.</summary>
    /// <returns>The narrower query.</returns>
    public JobQuery WithCleanupPending() => Where(new CleanupPendingFilter());

    /// <summary>Jobs with a transfer that is all of something and in one of some states.</summary>
    internal JobQuery WithTransferIn(IEnumerable<TransferState> states, TransferFilter filter) => Where(AnyOf(states, state => filter with { State = state }));

    /// <summary>Jobs that this query and another of the same store give.</summary>
    internal JobQuery And(JobQuery other)
    {
        DemandUncut();
        other.DemandUncut();
        return new JobQuery(_client, _store, Selector with { Filter = Selector.Filter.And(other.Selector.Filter) }, _kin.AddRange(other._kin));
    }

    private static JobFilter AnyOf<T>(IEnumerable<T> values, Func<T, JobFilter> filter)
    {
        ArgumentNullException.ThrowIfNull(values);
        JobFilter[] parts = [.. values.Distinct().Select(filter)];
        return parts is [JobFilter only] ? only : new OrFilter([.. parts]);
    }

    private JobFilter FilterOf(Func<JobQuery, JobQuery> narrow)
    {
        JobQuery part = narrow(new JobQuery(_client, _store, new JobSelector()));
        return part is { IsCut: false, _kin.IsEmpty: true }
            ? part.Selector.Filter
            : throw new InvalidOperationException("Inside WhereAny and WhereNot only conditions count: no Skip, no Take, no DescendantsOf, and ParentsOf with a Job rather than its number.");
    }
}
