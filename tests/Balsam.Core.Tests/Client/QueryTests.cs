namespace Balsam.Core.Tests.Client;

/// <summary>Queries through the client.</summary>
public sealed class QueryTests
{
    private ClientHarness _harness = null!;
    private IReadOnlyList<Job> _jobs = null!;

    private JobQuery Jobs => _harness.Client.Jobs;

    [SetUp]
    public async Task SetUp()
    {
        _harness = new ClientHarness();
        NewJob parent = new NewJob("Norm", "study/b/1").Tag("study", "b").WithPriority(5);
        _jobs = await _harness.Client.SubmitAsync(
        [
            parent,
            new NewJob("Norm", "study/a").Tag("study", "a"),
            Tool.NewJob("study/a/2", ("input", "x")).Tag("study", "a").Tag("kind", "").WithPriority(-1),
            new NewJob("Norm", "studya").Tag("study", "").After(parent),
            new NewJob("Norm", "other").InSite("cluster"),
        ]);
        _harness.Time.Advance(TimeSpan.FromMinutes(1));
        await _harness.FinishAsync(_jobs[1]);
    }

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    private static IEnumerable<TestCaseData> Filters()
    {
        yield return Case("all", jobs => jobs, 1, 2, 3, 4, 5);
        yield return Case("application", jobs => jobs.WithApplication<Tool>(), 3);
        yield return Case("application by name", jobs => jobs.WithApplication("Tool"), 3);
        yield return Case("state", jobs => jobs.InState(JobState.JobFinished, JobState.AwaitingParents), 2, 4);
        yield return Case("no state", jobs => jobs.InState());
        yield return Case("not in state", jobs => jobs.NotInState(JobState.StagedIn), 2, 4);
        yield return Case("tag", jobs => jobs.WithTag("study", "a"), 2, 3);
        yield return Case("tag present", jobs => jobs.WithTag("study"), 1, 2, 3, 4);
        yield return Case("empty tag", jobs => jobs.WithTag("kind", ""), 3);
        yield return Case("two tags", jobs => jobs.WithTag("study", "a").WithTag("kind"), 3);
        yield return Case("ids", jobs => jobs.WithIds([new JobId(5), new JobId(1), new JobId(77)]), 1, 5);
        yield return Case("no ids", jobs => jobs.WithIds([]));
        yield return Case("under workdir", jobs => jobs.UnderWorkdir("study"), 1, 2, 3);
        yield return Case("under workdir with slash", jobs => jobs.UnderWorkdir("study/a/"), 2, 3);
        yield return Case("children", jobs => jobs.ChildrenOf(new JobId(1)), 4);
        yield return Case("site", jobs => jobs.InSite("cluster"), 5);
        yield return Case("together", jobs => jobs.WithTag("study", "a").InState(JobState.StagedIn).UnderWorkdir("study"), 3);
        yield return Case("by priority", jobs => jobs.OrderBy(JobField.Priority), 3, 2, 4, 5, 1);
        yield return Case("by priority, falling", jobs => jobs.OrderByDescending(JobField.Priority), 1, 2, 4, 5, 3);
        yield return Case("by id, falling", jobs => jobs.OrderByDescending(JobField.Id), 5, 4, 3, 2, 1);
        yield return Case("by workdir", jobs => jobs.OrderBy(JobField.Workdir), 5, 2, 3, 1, 4);
        yield return Case("by last update, falling", jobs => jobs.OrderByDescending(JobField.LastUpdate), 2, 1, 3, 4, 5);
        yield return Case("by state", jobs => jobs.OrderBy(JobField.State), 4, 1, 3, 5, 2);
        yield return Case("page", jobs => jobs.Skip(1).Take(2), 2, 3);
        yield return Case("page of an order", jobs => jobs.OrderByDescending(JobField.Id).Skip(3).Take(10), 2, 1);
        yield return Case("pages of a page", jobs => jobs.Skip(1).Skip(1).Take(3).Take(2), 3, 4);
        yield return Case("beyond the end", jobs => jobs.Skip(10));
        yield return Case("none taken", jobs => jobs.Take(0));

        static TestCaseData Case(string name, Func<JobQuery, JobQuery> query, params int[] ids) => new TestCaseData(query, ids).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Filters))]
    public async Task Query_Narrowed_GivesTheJobsInOrderAndTheirNumber(Func<JobQuery, JobQuery> query, int[] ids)
    {
        Assert.That((await query(Jobs).ToListAsync()).Select(job => (int)job.Id.Value), Is.EqualTo(ids));
        Assert.That(await query(Jobs).CountAsync(), Is.EqualTo(ids.Length));
        Assert.That((await query(Jobs).FirstOrDefaultAsync())?.Id.Value, Is.EqualTo(ids.Length == 0 ? null : (long?)ids[0]));
    }

    [Test]
    public async Task WithParameter_OfTheWholeInput_FindsTheJobOfAFunction()
    {
        Job job = (await _harness.Client.SubmitAsync([new NewJob("Norm").WithParameters(new double[] { 3, 4 })])).Single();
        Assert.That((await Jobs.WithParameter("$", new double[] { 3, 4 }).SingleAsync()).Id, Is.EqualTo(job.Id));
        Assert.That((await Jobs.WithParameter("$[1]", 4).SingleAsync()).Id, Is.EqualTo(job.Id));
    }

    [Test]
    public void Events_InWords_AreASentence()
    {
        JobEventQuery events = _harness.Client.Events;
        Assert.That(events.ToString(), Is.EqualTo("every event"));
        Assert.That(
            events.OfJobs(q => q.WithTag("study", "a")).From(JobState.Ready).To(JobState.Failed, JobState.JobFinished).WithTrigger(JobTrigger.Cancelled).Since(17).Descending().Take(3).ToString(),
            Is.EqualTo("events of jobs with tag study is \"a\", from READY, to JOB_FINISHED or FAILED, by Cancelled, after event 17, newest first, at most 3"));
        Assert.That(
            events.After(_harness.Time.Start).Before(_harness.Time.Start.AddSeconds(1)).WithData("cores", Comparison.Greater, 16).Where(step => step.Message is null).ToString(),
            Is.EqualTo("events at or after 2026-01-01T00:00:00.000Z, at or before 2026-01-01T00:00:01.000Z, with data cores > 16, that meet a predicate"));
    }

    [Test]
    public void Watch_FromATokenOfAnotherStore_NamesTheParameterThatItCameBy()
    {
        async Task ReadAsync(IAsyncEnumerable<JobEvent> events)
        {
            await foreach (JobEvent _ in events)
            {
            }
        }

        JobEventQuery all = _harness.Client.Events;
        Assert.That(() => ReadAsync(all.WatchAsync(from: 1_000)), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("from"));
        Assert.That(() => ReadAsync(all.Since(1_000).WatchAsync()), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("token"));
        Assert.That(() => ReadAsync(all.WatchAsync(from: -1)), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("from"));
    }

    [Test]
    public async Task Read_OfAClosedStore_SaysThatItWasClosed()
    {
        await _harness.Store.DisposeAsync();
        Assert.That(() => Jobs.ToListAsync(), Throws.TypeOf<StoreException>().With.Message.EqualTo($"The store ({_harness.Store.Description}) was closed."));
    }

    [Test]
    public async Task CountByState_OfAQuery_CountsOnlyItsJobs()
    {
        Assert.That((await Jobs.CountByStateAsync()).ToString(), Is.EqualTo("AWAITING_PARENTS 1, STAGED_IN 3, JOB_FINISHED 1"));
        Assert.That((await Jobs.WithTag("study", "a").CountByStateAsync()).ToString(), Is.EqualTo("STAGED_IN 1, JOB_FINISHED 1"));
    }

    [Test]
    public void Query_NarrowedAfterACut_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => Jobs.Take(1).InState(JobState.Failed));
        Assert.Throws<InvalidOperationException>(() => Jobs.Skip(1).OrderBy(JobField.Id));
        Assert.Throws<ArgumentOutOfRangeException>(() => Jobs.Take(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Jobs.Skip(-1));
    }

    [Test]
    public async Task Cancel_OfAQuery_TouchesOnlyItsJobs()
    {
        ChangeReport report = await Jobs.WithTag("study", "a").CancelAsync("wrong mesh");
        Assert.That((report.Changed.Single().Value, report.Unchanged[_jobs[1].Id].Message), Is.EqualTo((3, "already JOB_FINISHED")));
        Assert.That(await Jobs.InState(JobState.Failed).CountAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Query_OnceMade_SeesWhatComesLater()
    {
        JobQuery finished = Jobs.InState(JobState.JobFinished);
        Assert.That(await finished.CountAsync(), Is.EqualTo(1));
        await _harness.FinishAsync(_jobs[0]);
        Assert.That(await finished.CountAsync(), Is.EqualTo(2));
    }
}
