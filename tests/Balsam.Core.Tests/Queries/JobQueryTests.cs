namespace Balsam.Core.Tests.Queries;

public sealed class JobQueryTests
{
    [Test]
    public async Task AwaitForEach_WhileJobsLeaveTheQuery_GivesEachThatStaysOnce()
    {
        await using QuerySite site = QuerySite.Open();
        IReadOnlyList<Job> jobs = await site.AddAsync([.. Enumerable.Repeat(QuerySite.Addition(), 700)]);
        List<JobId> seen = [];

        await foreach (Job job in site.Client.Jobs.NotInState(JobState.Failed))
        {
            seen.Add(job.Id);
            if (seen.Count % 100 == 0)
            {
                // One behind and one ahead leave.
                await site.CancelAsync(jobs[seen.Count - 50]);
                await site.CancelAsync(await site.Client.GetAsync(new JobId(701 - (seen.Count / 100))));
            }
        }

        Assert.That(seen, Is.Ordered.And.Unique);
        Assert.That(seen, Is.SupersetOf((await site.Client.Jobs.NotInState(JobState.Failed).ToListAsync()).Select(job => job.Id)));
    }

    [TestCase(JobField.LastUpdate)]
    [TestCase(JobField.State)]
    [TestCase(JobField.Workdir)]
    [TestCase(JobField.Priority)]
    [TestCase(JobField.Id)]
    public async Task AwaitForEach_AnyOrder_GivesWhatToListGives(JobField field)
    {
        await using QuerySite site = QuerySite.Open();
        IReadOnlyList<Job> jobs = await site.AddAsync([.. Enumerable.Range(0, 600).Select(i => QuerySite.Addition() with { Priority = i % 3, Workdir = $"w/{i % 7}" })]);
        await site.CancelAsync(jobs[17]);
        foreach (JobQuery query in (JobQuery[])[site.Client.Jobs.OrderBy(field), site.Client.Jobs.OrderByDescending(field), site.Client.Jobs.OrderByDescending(field).Skip(5).Take(300), site.Client.Jobs.OrderBy(field).Take(0)])
        {
            List<JobId> streamed = [];
            await foreach (Job job in query)
            {
                streamed.Add(job.Id);
            }

            Assert.That(streamed, Is.EqualTo((await query.ToListAsync()).Select(job => job.Id)));
            Assert.That(await query.CountAsync(), Is.EqualTo(streamed.Count));
        }
    }

    [Test]
    public async Task FirstAndSingle_NoneOrSeveral_SayWhatWasAsked()
    {
        await using QuerySite site = QuerySite.Open();
        await site.AddAsync(QuerySite.Addition(), QuerySite.Addition());

        Assert.That(() => site.Client.Jobs.InState(JobState.Failed).FirstAsync(), Throws.TypeOf<JobQueryException>().With.Message.Contains("state is FAILED"));
        Assert.That(() => site.Client.Jobs.WithTag("study", "a").SingleAsync(), Throws.TypeOf<JobQueryException>().With.Message.Contains("tag study is \"a\""));
        Assert.That(() => site.Client.Jobs.SingleAsync(), Throws.TypeOf<JobQueryException>().With.Message.Contains("1 and 2"));
        Assert.That((await site.Client.Jobs.WithIds(new JobId(2)).SingleAsync()).Id, Is.EqualTo(new JobId(2)));
        Assert.That(await site.Client.Jobs.InState(JobState.Failed).ExistsAsync(), Is.False);
        Assert.That(await site.Client.Jobs.ExistsAsync(), Is.True);
    }

    [Test]
    public async Task ParentsOf_StoredJob_GivesItsParents()
    {
        await using QuerySite site = QuerySite.Open();
        IReadOnlyList<Job> jobs = await site.AddAsync(
            QuerySite.Addition(), QuerySite.Addition(), QuerySite.Addition("Other") with { Parents = [ParentReference.ToIndex(0), ParentReference.ToIndex(1)] });

        Assert.That((await site.Client.Jobs.ParentsOf(jobs[2].Id).ToListAsync()).Select(job => job.Id), Is.EqualTo(new[] { jobs[0].Id, jobs[1].Id }));
        Assert.That((await site.Client.Jobs.ParentsOf(jobs[2]).AfterId(jobs[0].Id).ToListAsync()).Select(job => job.Id), Is.EqualTo(new[] { jobs[1].Id }));
        Assert.That(await site.Client.Jobs.ChildrenOf([jobs[0].Id, jobs[1].Id]).CountAsync(), Is.EqualTo(1));
        Assert.That(() => site.Client.Jobs.ParentsOf(new JobId(99)).ToListAsync(), Throws.TypeOf<JobNotFoundException>());
        Assert.That(() => site.Client.Jobs.WhereNot(q => q.ParentsOf(jobs[2].Id)), Throws.InvalidOperationException);
    }

    [Test]
    public void Where_AfterACut_IsRefused()
    {
        QuerySite site = QuerySite.Open();

        Assert.That(() => site.Client.Jobs.Take(3).Where(j => j.Attempt > 1), Throws.InvalidOperationException);
        Assert.That(() => site.Client.Jobs.Take(3).Skip(1), Throws.InvalidOperationException.With.Message.Contains("Skip before Take"));
        Assert.That(() => site.Client.Jobs.OrderBy(j => j.Attempt), Throws.TypeOf<NotSupportedException>().With.Message.Contains("LastUpdate"));
        Assert.That(site.Client.Jobs.OrderByDescending(j => j.Priority).Selector, Is.EqualTo(new JobSelector { OrderBy = JobField.Priority, Descending = true }));
    }

    [Test]
    public async Task DescribePlan_EachWay_SaysWhereItLooksAndWhatItTests()
    {
        await using QuerySite site = QuerySite.Open();
        JobQuery jobs = site.Client.Jobs;

        Assert.That(jobs.DescribePlan(), Does.Contain("Read every job").And.Contain("by rising number"));
        Assert.That(jobs.WithIds(new JobId(1), new JobId(2)).DescribePlan(), Does.Contain("2 jobs by number"));
        Assert.That(jobs.InState(JobState.Failed).WithTag("study", "a").DescribePlan(), Does.Contain("state map").And.Contain("FAILED").And.Contain("Test on each job: tag study is \"a\""));
        Assert.That(jobs.ChildrenOf(new JobId(1)).DescribePlan(), Does.Contain("index: child of job 1").And.Not.Contain("Test"));
        Assert.That(jobs.OrderBy(JobField.Priority).Skip(5).Take(10).DescribePlan(), Does.Contain("Order by Priority").And.Contain("Pass over 5, give 10"));
        Assert.That(jobs.ParentsOf(new JobId(3)).DescribePlan(), Does.Contain("parents of job 3"));
    }
}
