using Balsam.Storage;

using Balsam.Launch.Tests.Engine;
using CsCheck;

namespace Balsam.Launch.Tests.Events;

/// <summary>The live stream: no gap and no duplicate, however often a reader goes away and comes back.</summary>
internal sealed class WatchTests
{
    [Test]
    public async Task Watch_WithoutAToken_BeginsWithTheNextEvent([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        await site.SubmitAsync(1);
        await using IAsyncEnumerator<JobEvent> watch = site.Client.Events.WatchAsync().GetAsyncEnumerator();

        Task<bool> next = watch.MoveNextAsync().AsTask();
        JobId id = (await site.SubmitAsync(1))[0].Id;

        Assert.That(await EngineHarness.Soon(next), Is.True);
        Assert.That(watch.Current.JobId, Is.EqualTo(id));
    }

    [Test]
    public async Task Watch_FromAToken_GivesWhatWasMissedAndThenWhatComes([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        await site.SubmitAsync(3);
        await using IAsyncEnumerator<JobEvent> watch = site.Client.Events.WatchAsync(from: 4).GetAsyncEnumerator();

        List<long> seen = [];
        while (seen.Count < 2)
        {
            Assert.That(await EngineHarness.Soon(watch.MoveNextAsync().AsTask()), Is.True);
            seen.Add(watch.Current.Sequence);
        }

        Task<bool> next = watch.MoveNextAsync().AsTask();
        await site.SubmitAsync(1);
        await EngineHarness.Soon(next);
        Assert.That(seen.Append(watch.Current.Sequence), Is.EqualTo(new[] { 5, 6, 7 }));
    }

    [Test]
    public async Task Watch_WithConditionsOnJobs_AsksThemAsTheyAreAtTheEvent([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        Job plain = (await site.SubmitAsync(1))[0];
        await using IAsyncEnumerator<JobEvent> watch = site.Client.Events.OfJobs(q => q.WithTag("study", "a")).To(JobState.Failed).WatchAsync(from: 0).GetAsyncEnumerator();
        Task<bool> next = watch.MoveNextAsync().AsTask();

        Job tagged = (await site.SubmitAsync(1, ("study", "a")))[0];
        await site.MoveAsync(plain.Id, JobTrigger.Cancelled);
        await site.MoveAsync(tagged.Id, JobTrigger.Cancelled);
        await EngineHarness.Soon(next);
        Assert.That(watch.Current.JobId, Is.EqualTo(tagged.Id));

        // The tag comes later, and counts from then on.
        next = watch.MoveNextAsync().AsTask();
        await site.ChangeAsync(plain.Id, change => change.Edit(fields => fields with { Tags = new Dictionary<string, string> { ["study"] = "a" } }, site.Time.GetUtcNow()));
        await site.MoveAsync(plain.Id, JobTrigger.Restarted, JobTrigger.Cancelled);
        await EngineHarness.Soon(next);
        Assert.That(watch.Current.JobId, Is.EqualTo(plain.Id));
    }

    [Test]
    public async Task Watch_Cancelled_EndsWithThatException([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        using var cancel = new CancellationTokenSource();
        Task watch = ReadAsync(site.Client.Events.WatchAsync(cancellationToken: cancel.Token), _ => { });
        await cancel.CancelAsync();
        Assert.That(() => EngineHarness.Soon(watch), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Watch_WithTake_EndsByItself([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        await site.SubmitAsync(5);
        List<long> seen = [];
        await EngineHarness.Soon(ReadAsync(site.Client.Events.Take(3).WatchAsync(from: 0), step => seen.Add(step.Sequence)));
        Assert.That(seen, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public async Task Watch_FromATokenOfAnotherStore_SaysSo([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        await site.SubmitAsync(1);
        Assert.That(
            () => ReadAsync(site.Client.Events.WatchAsync(from: 3), _ => { }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("the token 3 is not of this store"));
        Assert.That(() => site.Client.Events.WatchAsync(from: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => site.Client.Events.Descending().WatchAsync(), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Watch_WhenTheNewestEventsWereDeleted_WaitsForTheNextOne([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        IReadOnlyList<Job> jobs = await site.SubmitAsync(3);
        await site.Store.DeleteAsync(new JobDeletion { Ids = [.. jobs.Select(job => job.Id)] }, default);
        await using IAsyncEnumerator<JobEvent> watch = site.Client.Events.WatchAsync(from: 0).GetAsyncEnumerator();
        Task<bool> next = watch.MoveNextAsync().AsTask();

        JobId id = (await site.SubmitAsync(1))[0].Id;

        await EngineHarness.Soon(next);
        Assert.That(watch.Current.JobId, Is.EqualTo(id));
        Assert.That(site.Reads.EventsRead, Is.EqualTo(2), "nothing was read in vain over and over");
    }

    [Test]
    public Task Watch_WithManyWritersAndReadersThatComeAndGo_GivesEachEventOnceAndInOrder([Values] StoreKind store) =>
        Gen.Int[1, 40].Array[1, 12].Array[2, 4].SampleAsync(visits => WriteAndVisitAsync(store, visits), iter: 8, threads: 1);

    [Test]
    public async Task Watch_AcrossCloseAndReopen_GoesOnWhereItStopped()
    {
        await using EventSite site = await EventSite.OpenAsync(StoreKind.LiteDb);
        List<long> seen = [];
        for (int session = 0; session < 4; session++)
        {
            IReadOnlyList<Job> jobs = await site.SubmitAsync(5);
            await site.MoveAsync(jobs[0].Id, JobTrigger.Cancelled);
            await foreach (JobEvent step in site.Client.Events.Take(session == 3 ? 100 : 7).WatchAsync(from: seen.LastOrDefault()))
            {
                seen.Add(step.Sequence);
                if (step.Sequence == 44)
                {
                    break;
                }
            }

            await site.ReopenAsync();
        }

        Assert.That(seen, Is.EqualTo(Enumerable.Range(1, 44)));
    }

    private static async Task WriteAndVisitAsync(StoreKind store, int[][] visits)
    {
        const int Writers = 3;
        const int Jobs = 20;
        const int Expected = Writers * Jobs * 3;
        await using EventSite site = await EventSite.OpenAsync(store);
        Task<List<long>>[] readers = [.. visits.Select(lengths => Task.Run(() => VisitAsync(site, lengths, Expected)))];
        await EngineHarness.Soon(Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Jobs; i++)
            {
                Job job = (await site.SubmitAsync(1))[0];
                await site.MoveAsync(job.Id, JobTrigger.Cancelled);
            }
        }))));
        long[] stored = [.. (await site.Store.ReadEventsAsync(0, int.MaxValue, default)).Select(step => step.Sequence)];
        Assert.That(stored, Has.Length.EqualTo(Expected));
        foreach (Task<List<long>> reader in readers)
        {
            Assert.That(await EngineHarness.Soon(reader), Is.EqualTo(stored));
        }
    }

    // Comes, reads some events, breaks off in the middle, comes back with the last number it saw.
    private static async Task<List<long>> VisitAsync(EventSite site, int[] lengths, int expected)
    {
        List<long> seen = [];
        for (int visit = 0; seen.Count < expected; visit++)
        {
            int length = Math.Min(lengths[visit % lengths.Length], expected - seen.Count);
            using var cancel = new CancellationTokenSource();
            int left = length;
            try
            {
                await foreach (JobEvent step in site.Client.Events.WatchAsync(from: seen.LastOrDefault(), cancel.Token))
                {
                    seen.Add(step.Sequence);
                    if (--left == 0)
                    {
                        // By turns: leaving the loop, and being cancelled inside the stream.
                        if (visit % 2 == 0)
                        {
                            break;
                        }

                        await cancel.CancelAsync();
                    }
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
            }
        }

        return seen;
    }

    private static async Task ReadAsync(IAsyncEnumerable<JobEvent> events, Action<JobEvent> see)
    {
        await foreach (JobEvent step in events)
        {
            see(step);
        }
    }
}
