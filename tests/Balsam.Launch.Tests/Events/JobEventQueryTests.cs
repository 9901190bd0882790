using Balsam.Storage;

using Balsam.Launch.Tests.Engine;
using CsCheck;

namespace Balsam.Launch.Tests.Events;

/// <summary>Event queries, on both stores, against a plain evaluation of the whole stream.</summary>
internal sealed class JobEventQueryTests
{
    private static readonly JobTrigger[] ToFinish =
        [JobTrigger.StagedIn, JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed, JobTrigger.StagedOut, JobTrigger.Finished];

    [Test]
    public async Task Query_WithoutConditions_GivesTheStreamAndItsReverse([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        await FillAsync(site);

        List<JobEvent> events = await site.Client.Events.ToListAsync();

        Assert.That(events, Is.EqualTo(await site.Store.ReadEventsAsync(0, int.MaxValue, default)));
        Assert.That(await site.Client.Events.Descending().ToListAsync(), Is.EqualTo(Enumerable.Reverse(events)));
        Assert.That(await site.Client.Events.CountAsync(), Is.EqualTo(events.Count));
        Assert.That(await site.Client.Events.Descending().FirstOrDefaultAsync(), Is.EqualTo(events[^1]));
    }

    [Test]
    public async Task Query_WithEachCondition_GivesWhatItSays([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        JobId[] jobs = await FillAsync(site);
        JobEventQuery events = site.Client.Events;
        List<JobEvent> all = await events.ToListAsync();
        DateTimeOffset middle = all[all.Count / 2].At;

        await Expect(events.OfJob(jobs[2], jobs[0]), step => step.JobId == jobs[2] || step.JobId == jobs[0]);
        await Expect(events.OfJob(), _ => false);
        await Expect(events.OfJobs(site.Client.Jobs.WithTag("study", "a")), step => step.JobId.Value <= 2);
        await Expect(events.OfJobs(q => q.WithTag("study", "b")).OfJobs(q => q.AfterId(jobs[2])), step => step.JobId == jobs[3]);
        await Expect(events.From(JobState.Running), step => step.From == JobState.Running);
        await Expect(events.To(JobStates.Final).To(JobState.Failed), step => step.To == JobState.Failed);
        await Expect(events.WithTrigger(JobTrigger.Started, JobTrigger.Cancelled), step => step.Trigger is JobTrigger.Started or JobTrigger.Cancelled);
        await Expect(events.After(middle), step => step.At >= middle);
        await Expect(events.Before(middle), step => step.At <= middle);
        await Expect(events.Between(middle, middle), step => step.At == middle);
        await Expect(events.WithData("attempt", 2), step => step.Data.TryGet("attempt", out int attempt) && attempt == 2);
        await Expect(events.WithData("cores", Comparison.Greater, 1), step => step.Data.TryGet("cores", out int cores) && cores > 1);
        await Expect(events.WithData("nodes[0]", "n2"), step => step.Data.Json.Contains("n2", StringComparison.Ordinal));
        await Expect(events.Since(all[4].Sequence), step => step.Sequence > all[4].Sequence);
        await Expect(events.Where(step => step.Message == "enough"), step => step.Message == "enough");

        async Task Expect(JobEventQuery query, Func<JobEvent, bool> meant)
        {
            Assert.That(await query.ToListAsync(), Is.EqualTo(all.Where(meant)));
            Assert.That(await query.Descending().Take(2).ToListAsync(), Is.EqualTo(Enumerable.Reverse(all).Where(meant).Take(2)));
        }
    }

    [Test]
    public async Task Query_WithRandomConditions_GivesWhatAPlainEvaluationGives([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        await FillAsync(site, 400);
        List<JobEvent> all = await site.Client.Events.ToListAsync();
        DateTimeOffset start = all[0].At;
        double length = (all[^1].At - start).TotalSeconds;

        Gen<int[]?> jobs = Gen.Select(Gen.Bool, Gen.Int[1, 420].Array[0, 300], (asked, ids) => asked ? ids : null);
        Gen<int[]?> states = Gen.Select(Gen.Bool, Gen.Int[1, 14].Array[0, 4], (asked, states) => asked ? states : null);
        Gen<(double First, double Last)?> spans = Gen.Select(Gen.Bool, Gen.Double[-0.1, 1.1], Gen.Double[-0.1, 1.1], (asked, first, last) => asked ? (first, last) : ((double, double)?)null);
        await Gen.Select(jobs, states, spans, Gen.Int[0, all.Count - 1], Gen.Bool, Gen.Int[0, 3000]).SampleAsync(
            async (wantedJobs, wantedStates, wantedSpan, since, descending, take) =>
            {
                JobEventQuery query = site.Client.Events.Since(all[since].Sequence);
                IEnumerable<JobEvent> plain = all.Where(step => step.Sequence > all[since].Sequence);
                if (wantedJobs is { } ids)
                {
                    query = query.OfJob(ids.Select(id => new JobId(id)));
                    plain = plain.Where(step => ids.Contains((int)step.JobId.Value));
                }

                if (wantedStates is { } to)
                {
                    query = query.To([.. to.Select(state => (JobState)state)]);
                    plain = plain.Where(step => to.Contains((int)step.To));
                }

                if (wantedSpan is { } span)
                {
                    (DateTimeOffset first, DateTimeOffset last) = (start.AddSeconds(span.First * length), start.AddSeconds(span.Last * length));
                    query = query.Between(first, last);
                    plain = plain.Where(step => step.At >= first && step.At <= last);
                }

                query = (descending ? query.Descending() : query).Take(take);
                JobEvent[] expected = [.. (descending ? plain.Reverse() : plain).Take(take)];
                Assert.That((await query.ToListAsync()).Select(step => step.Sequence), Is.EqualTo(expected.Select(step => step.Sequence)));
            },
            iter: 60,
            threads: 1);
    }

    [Test]
    public async Task Query_ForAFewOfManyEvents_ReadsFew([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        for (int i = 0; i < 40; i++)
        {
            await site.SubmitAsync(500);
            site.Time.Advance(TimeSpan.FromMinutes(10));
        }

        DateTimeOffset middle = site.Time.GetUtcNow() - TimeSpan.FromMinutes(200);
        JobEventQuery events = site.Client.Events;

        await ExpectAsync(events.Descending().Take(10), 10, 10);
        await ExpectAsync(events.Between(middle, middle), 1000, 3100);
        await ExpectAsync(events.Between(middle, middle).Descending(), 1000, 3100);
        await ExpectAsync(events.Before(middle).Descending().Take(10), 10, 40);
        await ExpectAsync(events.OfJob(new JobId(7)), 2, 2);
        await ExpectAsync(events.OfJobs(q => q.WithIds(new JobId(7), new JobId(8)).NotInState(JobState.Failed)), 4, 4);

        async Task ExpectAsync(JobEventQuery query, int count, int atMost)
        {
            site.Reads.EventsRead = 0;
            Assert.That(await query.CountAsync(), Is.EqualTo(count));
            Assert.That(site.Reads.EventsRead, Is.LessThanOrEqualTo(atMost), "of 40,000 events");
        }
    }

    [Test]
    public async Task Query_WhenAClockWentBackByLessThanAMinute_MissesNothing([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        JobId[] jobs = [.. (await site.SubmitAsync(200)).Select(job => job.Id)];
        DateTimeOffset noon = site.Time.GetUtcNow();
        for (int i = 0; i < jobs.Length; i++)
        {
            // To and fro: 0 s, 58 s, 2 s, 60 s, 4 s …
            DateTimeOffset at = noon.AddSeconds(i + (i % 2 == 0 ? 0 : 57));
            await site.ChangeAsync(jobs[i], change => change.Apply(JobTrigger.Cancelled, at));
        }

        JobEventQuery failed = site.Client.Events.To(JobState.Failed);
        List<JobEvent> all = await failed.ToListAsync();
        for (int second = 0; second < 260; second += 13)
        {
            (DateTimeOffset from, DateTimeOffset to) = (noon.AddSeconds(second), noon.AddSeconds(second + 5));
            JobEvent[] expected = [.. all.Where(step => step.At >= from && step.At <= to)];
            Assert.That(await failed.Between(from, to).ToListAsync(), Is.EqualTo(expected));
            Assert.That(await failed.Between(from, to).Descending().ToListAsync(), Is.EqualTo(Enumerable.Reverse(expected)));
        }
    }

    [Test]
    public async Task Query_OfJobsThatWereDeleted_PassesThemOver([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        JobId[] jobs = await FillAsync(site);
        await site.Store.DeleteAsync(new JobDeletion { Ids = [jobs[0], jobs[3]] }, default);

        Assert.That((await site.Client.Events.ToListAsync()).Select(step => step.JobId), Has.No.Member(jobs[0]).And.No.Member(jobs[3]));
        Assert.That(await site.Client.Events.OfJob(jobs[0]).CountAsync(), Is.Zero);
    }

    [Test]
    public async Task Query_WhileEventsAreAdded_EndsWithTheNewestOfItsBeginning([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        await site.SubmitAsync(2000);
        long newest = await site.Store.GetLastSequenceAsync(default);
        long last = 0;

        await foreach (JobEvent step in site.Client.Events)
        {
            if (step.Sequence % 500 == 1)
            {
                await site.SubmitAsync(1);
            }

            last = step.Sequence;
        }

        Assert.That(last, Is.EqualTo(newest));
    }

    [Test]
    public async Task Since_WithATokenOfAnotherStore_SaysSo([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        await site.SubmitAsync(1);

        Assert.That(await site.Client.Events.Since(2).CountAsync(), Is.Zero);
        ArgumentOutOfRangeException? refused = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => site.Client.Events.Since(3).ToListAsync());
        Assert.That(refused!.Message, Does.Contain("The newest event of this store has number 2; the token 3 is not of this store."));
    }

    [Test]
    public async Task OfJobs_WithAPageOfAQuery_IsRefused()
    {
        await using EventSite site = await EventSite.OpenAsync(StoreKind.InMemory);
        Assert.That(() => site.Client.Events.OfJobs(q => q.Take(3)), Throws.ArgumentException.With.Message.Contains("OfJob"));
        Assert.That(() => site.Client.Events.Take(3).To(JobState.Failed), Throws.InvalidOperationException);
    }

    // Four jobs with everything in them, and more that are just submitted: finished, finished at the second run, cancelled, failed.
    private static async Task<JobId[]> FillAsync(EventSite site, int more = 0)
    {
        JobId[] jobs = [.. (await site.SubmitAsync(2, ("study", "a"))).Concat(await site.SubmitAsync(2, ("study", "b"))).Select(job => job.Id)];
        await site.MoveAsync(jobs[0], ToFinish[1..]);
        await StartAsync(jobs[1], 1, "n1");
        await site.MoveAsync(jobs[1], JobTrigger.RunTimedOut, JobTrigger.RetryRequested);
        await StartAsync(jobs[1], 2, "n2");
        await site.MoveAsync(jobs[1], ToFinish[3..]);
        await site.ChangeAsync(jobs[2], change => change.Apply(JobTrigger.Cancelled, site.Time.GetUtcNow(), "enough"));
        site.Time.Advance(TimeSpan.FromMinutes(5));
        await site.ChangeAsync(jobs[3], change => change.Apply(JobTrigger.HookFailed, site.Time.GetUtcNow()));
        for (int i = 0; i < more; i += 10)
        {
            IReadOnlyList<Job> added = await site.SubmitAsync(10);
            site.Time.Advance(TimeSpan.FromSeconds(50));
            await site.MoveAsync(added[0].Id, ToFinish[1..]);
        }

        return jobs;

        async Task StartAsync(JobId id, int attempt, string node)
        {
            site.Time.Advance(TimeSpan.FromMinutes(5));
            await site.ChangeAsync(id, change =>
            {
                if (attempt == 1)
                {
                    change.Apply(JobTrigger.Preprocessed, site.Time.GetUtcNow());
                }

                change.Apply(JobTrigger.Started, site.Time.GetUtcNow(), data: JobData.Parse(FormattableString.Invariant($$"""{"nodes":["{{node}}"],"cores":{{attempt}},"attempt":{{attempt}}}""")));
            });
        }
    }
}
