using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>The history: every step, in order, resumable.</summary>
internal static class EventCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Events_OfAllJobs_ReplayToTheirStates", "Replaying the events of a job gives its state; the stream holds what the histories hold.", Replay),
        new("Events_Numbers_RiseWithoutGaps", "The numbers of the stream rise, and no number is missing that a reader could wait for.", Numbers),
        new("Events_ReadInPages_ResumeWhereTheyStopped", "Reading on after the last number seen gives every event once.", Pages),
        new("Events_AfterTheNewest_AreNone", "Reading after the newest event gives nothing, and a limit of 0 too.", AfterTheNewest),
        new("Events_ReadBackInPages_AreTheStreamReversed", "Reading back from the newest, or from any number, gives every event below it once, newest first; deleted ones are passed over.", PagesBack),
        new("Events_OfAnUnknownJob_AreNone", "The history of a job that does not exist is empty.", UnknownJob),
        new("Events_OfADeletedJob_AreGone", "Deleting a job deletes its events, and a reader passes over them.", Deleted),
        new("Events_WaitForThem_WakesWhenOneIsStored", "A waiting reader wakes when an event is stored, and not before.", Wait),
        new("Events_WaitForThemWhenThere_ReturnsAtOnce", "A reader that is behind does not wait.", WaitWhenThere),
        new("Events_WaitCancelled_Ends", "A waiting reader can be cancelled.", WaitCancelled),
    ];

    private static async Task Replay(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)));
        await context.CancelAsync(jobs[0].Id);
        await context.RestartAsync(jobs[0].Id);
        await context.FinishAsync(jobs[0].Id);
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task Numbers(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        await context.FinishAsync(jobs[0].Id);
        await context.CancelAsync(jobs[1].Id);
        long[] numbers = [.. (await context.AllEventsAsync()).Select(step => step.Sequence)];
        Check.Sequence(Enumerable.Range(0, numbers.Length).Select(i => numbers[0] + i), numbers, "The numbers");
        Check.That(numbers[0] >= 1, "the first number is at least 1");
        Check.Equal(numbers[^1], await context.Store.GetLastSequenceAsync(CancellationToken.None), "The newest number");
    }

    private static async Task Pages(StoreConformanceContext context)
    {
        await context.AddManyAsync(25);
        List<JobEvent> paged = [];
        long after = 0;
        while (await context.Store.ReadEventsAsync(after, 7, CancellationToken.None) is { Count: > 0 } page)
        {
            Check.That(page.Count <= 7, $"at most 7 events a page; there were {page.Count}");
            paged.AddRange(page);
            after = page[^1].Sequence;
        }

        Check.Sequence(await context.AllEventsAsync(), paged, "The events read in pages");
        Check.Equal(50, paged.Count, "The events of 25 added jobs");
    }

    private static async Task AfterTheNewest(StoreConformanceContext context)
    {
        await context.AddOneAsync();
        long last = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        Check.Equal(0, (await context.Store.ReadEventsAsync(last, 10, CancellationToken.None)).Count, "Events after the newest");
        Check.Equal(0, (await context.Store.ReadEventsAsync(long.MaxValue, 10, CancellationToken.None)).Count, "Events after any number");
        Check.Equal(0, (await context.Store.ReadEventsAsync(0, 0, CancellationToken.None)).Count, "Events with a limit of 0");
    }

    private static async Task PagesBack(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(25);
        await context.FinishAsync(jobs[3].Id);
        await context.Store.DeleteAsync(new JobDeletion { Ids = [jobs[0].Id, jobs[7].Id, jobs[24].Id] }, CancellationToken.None);
        JobEvent[] all = [.. await context.AllEventsAsync()];
        foreach (int size in (int[])[1, 7, 1000])
        {
            List<JobEvent> paged = [];
            long before = long.MaxValue;
            while (await context.Store.ReadEventsBeforeAsync(before, size, CancellationToken.None) is { Count: > 0 } page)
            {
                Check.That(page.Count <= size, $"at most {size} events a page; there were {page.Count}");
                paged.AddRange(page);
                before = page[^1].Sequence;
            }

            Check.Sequence(all.Reverse(), paged, $"The events read back in pages of {size}");
        }

        foreach (long before in all.Select(step => step.Sequence))
        {
            Check.Sequence(
                all.Reverse().Where(step => step.Sequence < before).Take(3), await context.Store.ReadEventsBeforeAsync(before, 3, CancellationToken.None), $"The events before {before}");
        }

        Check.Equal(0, (await context.Store.ReadEventsBeforeAsync(long.MaxValue, 0, CancellationToken.None)).Count, "Events with a limit of 0");
        Check.Equal(0, (await context.Store.ReadEventsBeforeAsync(0, 10, CancellationToken.None)).Count, "Events before any number");
    }

    private static async Task UnknownJob(StoreConformanceContext context)
    {
        await context.AddOneAsync();
        foreach (long unknown in (long[])[2, 1_000_000_000_000, long.MaxValue])
        {
            Check.Equal(0, (await context.Store.ReadHistoryAsync(new JobId(unknown), CancellationToken.None)).Count, $"Events of job {unknown}");
            Check.Equal(0, (await context.Store.FindAsync([new JobId(unknown)], CancellationToken.None)).Count, $"Jobs found by {unknown}");
        }
    }

    private static async Task Deleted(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        await context.DeleteAsync([jobs[1].Id]);
        Check.Equal(0, (await context.Store.ReadHistoryAsync(jobs[1].Id, CancellationToken.None)).Count, "Events of the deleted job");
        Check.SameSet([jobs[0].Id, jobs[2].Id], (await context.AllEventsAsync()).Select(step => step.JobId).Distinct(), "The jobs of the stream");
        long last = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        Job next = await context.AddOneAsync();
        Check.Sequence([next.Id, next.Id], (await context.Store.ReadEventsAsync(last, 10, CancellationToken.None)).Select(step => step.JobId), "The events after the delete");
    }

    private static async Task Wait(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        long last = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        Task[] waits = [.. Enumerable.Range(0, 3).Select(_ => context.Store.WaitForEventsAsync(last, CancellationToken.None))];
        Task later = context.Store.WaitForEventsAsync(last + 1, CancellationToken.None);
        await context.CommitAsync(new JobChange(job).Edit(fields => fields with { Priority = 1 }, context.Now));
        Check.That(waits.All(wait => !wait.IsCompleted), "no wait ends before there is an event");
        await context.MoveAsync(job.Id, JobTrigger.Preprocessed);
        await Task.WhenAll(waits);
        Check.Equal(1, (await context.Store.ReadEventsAsync(last, 10, CancellationToken.None)).Count, "Events to read after the wait");
        Check.That(!later.IsCompleted, "a wait for a later event goes on");
        await context.MoveAsync(job.Id, JobTrigger.Started);
        await later;
    }

    private static async Task WaitWhenThere(StoreConformanceContext context)
    {
        await context.AddOneAsync();
        await context.Store.WaitForEventsAsync(0, CancellationToken.None);
        await context.Store.WaitForEventsAsync(await context.Store.GetLastSequenceAsync(CancellationToken.None) - 1, CancellationToken.None);
    }

    private static async Task WaitCancelled(StoreConformanceContext context)
    {
        using var cancel = new CancellationTokenSource();
        Task wait = context.Store.WaitForEventsAsync(0, cancel.Token);
        await cancel.CancelAsync();
        await Check.ThrowsAsync<OperationCanceledException>(() => wait, "A cancelled wait");
    }
}
