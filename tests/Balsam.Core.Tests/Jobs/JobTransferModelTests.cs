using CsCheck;

namespace Balsam.Core.Tests.Jobs;

/// <summary>Random moves of a job with transfers, and random news of these: no leg is passed with an open item, and nothing moves outside its leg.</summary>
public sealed class JobTransferModelTests
{
    private static readonly JobStateSet BeforeStageIn = JobStateSet.Of(JobState.Created, JobState.AwaitingParents, JobState.Ready, JobState.Failed);
    private static readonly JobStateSet AfterStageOut = JobStateSet.Of(JobState.StagedOut, JobState.JobFinished);

    private static readonly Gen<TransferItem[]> Items = Gen.Bool.Array[0, 3].Select(static ways => ways.Select(static (isIn, i) => new TransferItem
    {
        Slot = $"slot{i}", Direction = isIn ? TransferDirection.In : TransferDirection.Out, Remote = TransferAddress.Parse("laptop:/a"), LocalPath = "a",
    }).ToArray());

    // Half of the news is that an item has arrived, so that jobs get to their end.
    private static readonly TransferState[] News = [TransferState.Pending, TransferState.Active, TransferState.Failed, TransferState.Done, TransferState.Done, TransferState.Done];

    private static readonly Gen<(bool IsMove, int Place, TransferState State)[]> Commands = Gen.Select(
        Gen.Bool, Gen.Int[0, 9], Gen.Int[0, News.Length - 1].Select(static news => News[news])).Array[1, 120];

    [Test]
    public void Job_UnderRandomMoves_PassesNoLegWithAnOpenItem()
    {
        int finished = 0;
        int refusals = 0;
        Gen.Select(Items, Commands).Sample(
            (items, commands) =>
            {
                var change = new JobChange(Job.Restore(SomeJob.Fields(JobState.Created) with { Transfers = [.. items] }));
                foreach ((bool isMove, int place, TransferState state) in commands)
                {
                    Job before = change.After;
                    if (isMove || before.Transfers.IsEmpty)
                    {
                        // The cancellation and the failure that are legal nearly everywhere come last, so that they are rarer.
                        IReadOnlyList<JobTrigger> allowed = JobTransitions.AllowedIn(before.State);
                        JobTrigger trigger = allowed[place < 8 ? 0 : place % allowed.Count];
                        if (IsOpen(before, trigger))
                        {
                            Assert.That(() => change.Apply(trigger, SomeJob.Noon), Throws.TypeOf<InvalidJobTransitionException>());
                            Assert.That(change.After, Is.SameAs(before));
                            Interlocked.Increment(ref refusals);
                        }
                        else
                        {
                            change.Apply(trigger, SomeJob.Noon);
                        }
                    }
                    else
                    {
                        TransferItem item = before.Transfers[place % before.Transfers.Length];
                        if (before.State == (item.Direction == TransferDirection.In ? JobState.Ready : JobState.Postprocessed))
                        {
                            change.EditTransfer(item.Slot, old => old with { State = state, Attempts = old.Attempts + 1 }, SomeJob.Noon);
                        }
                        else
                        {
                            Assert.That(() => change.EditTransfer(item.Slot, old => old with { State = state }, SomeJob.Noon), Throws.InvalidOperationException);
                        }
                    }

                    Check(change.After, items);
                    if (change.After.State == JobState.JobFinished && items.Length > 0)
                    {
                        Interlocked.Increment(ref finished);
                    }
                }
            },
            iter: 3000);
        Assert.That(finished, Is.Positive, "jobs with transfers get to their end");
        Assert.That(refusals, Is.Positive, "open items bar the way");
    }

    private static bool IsOpen(Job job, JobTrigger trigger) => job.Transfers.Any(item => item.State != TransferState.Done && trigger switch
    {
        JobTrigger.StagedIn or JobTrigger.Restarted => item.Direction == TransferDirection.In,
        JobTrigger.StagedOut => item.Direction == TransferDirection.Out,
        _ => false,
    });

    private static void Check(Job job, TransferItem[] items)
    {
        Assert.That(job.Transfers.Select(item => (item.Slot, item.Direction, item.Remote, item.LocalPath)), Is.EqualTo(items.Select(item => (item.Slot, item.Direction, item.Remote, item.LocalPath))));
        foreach (TransferItem item in job.Transfers)
        {
            bool isIn = item.Direction == TransferDirection.In;
            JobState leg = isIn ? JobState.Ready : JobState.Postprocessed;
            string what = $"{item.Direction} {item.State} of a job that is {job.State}";
            Assert.That(isIn ? BeforeStageIn.Contains(job.State) : !AfterStageOut.Contains(job.State), Is.True.Or.EqualTo(item.State != TransferState.Done), what);
            Assert.That(item.State is TransferState.Pending or TransferState.Active, Is.False.Or.EqualTo(job.State == leg), what);
            Assert.That(job.State == leg && item.State == TransferState.AwaitingJob, Is.False, what);
        }
    }
}
