using System.Collections.Immutable;

namespace Balsam.Core.Tests.Jobs;

public sealed class JobTransferTests
{
    private static readonly TransferItem Geometry = new() { Slot = "geometry", Direction = TransferDirection.In, Remote = TransferAddress.Parse("laptop:/a.xyz"), LocalPath = "input.xyz" };
    private static readonly TransferItem Basis = Geometry with { Slot = "basis", Remote = TransferAddress.Parse("https://host/basis"), LocalPath = "basis" };
    private static readonly TransferItem Results = new() { Slot = "results", Direction = TransferDirection.Out, Remote = TransferAddress.Parse("laptop:/out"), LocalPath = "out", IsRecursive = true };

    [TestCase(JobState.Created)]
    [TestCase(JobState.AwaitingParents)]
    public void ParentsFinished_MakesWhatComesInPending(JobState from)
    {
        Job job = Move(In(from, Geometry, Results), JobTrigger.ParentsFinished);
        Assert.That(job.Transfers, Is.EqualTo(Items(Geometry with { State = TransferState.Pending }, Results)));
    }

    [Test]
    public void Postprocessed_MakesWhatGoesOutPending()
    {
        Job job = Move(In(JobState.RunDone, Done(Geometry), Results), JobTrigger.Postprocessed);
        Assert.That(job.Transfers, Is.EqualTo(Items(Done(Geometry), Results with { State = TransferState.Pending })));
    }

    [TestCase(TransferState.AwaitingJob)]
    [TestCase(TransferState.Pending)]
    [TestCase(TransferState.Active)]
    [TestCase(TransferState.Failed)]
    public void StagedIn_WhileAnItemIsOpen_IsRefused(TransferState state)
    {
        Job job = In(JobState.Ready, Done(Geometry), Basis with { State = state }, Results);
        InvalidJobTransitionException refused = Assert.Throws<InvalidJobTransitionException>(() => Move(job, JobTrigger.StagedIn))!;
        Assert.That(refused.Message, Is.EqualTo($"Job 17 is READY, where 'StagedIn' is not possible before these transfers are done: 'basis' (https://host/basis) is {state.ToText()}."));
        Assert.That(refused.OpenTransfers.Select(item => item.Slot), Is.EqualTo(new[] { "basis" }));
        Assert.That(refused.Allowed, Is.EqualTo(new[] { JobTrigger.TransferFailed, JobTrigger.Cancelled }));
        Assert.That(Move(In(JobState.Ready, Done(Geometry), Done(Basis), Results), JobTrigger.StagedIn).State, Is.EqualTo(JobState.StagedIn));
    }

    [TestCase(TransferState.Pending)]
    [TestCase(TransferState.Active)]
    [TestCase(TransferState.Failed)]
    public void StagedOut_WhileAnItemIsOpen_IsRefused(TransferState state)
    {
        Job job = In(JobState.Postprocessed, Done(Geometry), Results with { State = state });
        Assert.That(() => Move(job, JobTrigger.StagedOut), Throws.TypeOf<InvalidJobTransitionException>().With.Message.Contains("'results' (laptop:/out)"));
        Assert.That(Move(In(JobState.Postprocessed, Done(Geometry), Done(Results)), JobTrigger.StagedOut).State, Is.EqualTo(JobState.StagedOut));
    }

    [TestCase(JobTrigger.Cancelled)]
    [TestCase(JobTrigger.TransferFailed)]
    public void Failing_LeavesNothingOnItsWay(JobTrigger trigger)
    {
        TransferItem failed = Geometry with { State = TransferState.Failed, Attempts = 2, Error = "no such file" };
        Job job = Move(In(JobState.Ready, failed, Basis with { State = TransferState.Active, Attempts = 1 }, Results), trigger);
        Assert.That(job.Transfers, Is.EqualTo(Items(failed, Basis with { Attempts = 1 }, Results)));
    }

    [TestCase(JobState.JobFinished)]
    [TestCase(JobState.Failed)]
    public void Restarted_SendsOutAgainButKeepsWhatCameIn(JobState from)
    {
        Job job = Job.Restore(Fields(from, Done(Geometry), Done(Results)) with { IsPreprocessed = true });
        Assert.That(Move(job, JobTrigger.Restarted).Transfers, Is.EqualTo(Items(Done(Geometry), Results)));
    }

    [Test]
    public void Restarted_WithoutHavingBeenPreprocessed_KeepsWhatCameIn() =>
        Assert.That(Move(In(JobState.Failed, Done(Geometry), Results), JobTrigger.Restarted).Transfers, Is.EqualTo(Items(Done(Geometry), Results)));

    [Test]
    public void Restarted_BeforeEverythingCameIn_IsRefused() => Assert.That(
        () => Move(In(JobState.Failed, Done(Geometry), Basis with { State = TransferState.Failed }), JobTrigger.Restarted),
        Throws.TypeOf<InvalidJobTransitionException>().With.Message.Contains("'basis'"));

    [TestCase(true)]
    [TestCase(false)]
    public void ParentRestarted_BringsInAgainUnlessPreprocessHasSeenIt(bool isPreprocessed)
    {
        TransferItem failed = Basis with { State = TransferState.Failed, Attempts = 5, Error = "no route", Files = 1, Bytes = 2 };
        Job job = Job.Restore(Fields(JobState.Failed, Done(Geometry), failed, Results) with { IsPreprocessed = isPreprocessed });
        Assert.That(Move(job, JobTrigger.ParentRestarted).Transfers, Is.EqualTo(Items(isPreprocessed ? Done(Geometry) : Geometry, Basis, Results)));
    }

    [TestCase(JobTrigger.Restarted)]
    [TestCase(JobTrigger.ParentRestarted)]
    public void Restart_ForgetsTheCleanup(JobTrigger trigger)
    {
        JobState from = trigger == JobTrigger.Restarted ? JobState.JobFinished : JobState.Failed;
        Assert.That(Move(Job.Restore(SomeJob.Fields(from) with { IsCleanupPending = true }), trigger).IsCleanupPending, Is.False);
    }

    [Test]
    public void EditTransfer_ChangesHowFarItIsAndNothingElse()
    {
        Job job = In(JobState.Ready, Geometry with { State = TransferState.Pending }, Basis);
        Job edited = new JobChange(job).EditTransfer(
            "geometry",
            item => Results with { State = TransferState.Active, Attempts = item.Attempts + 1, Error = "refused", Files = 3, Bytes = 4 },
            SomeJob.Noon.AddTicks(1)).After;
        Assert.That(edited.Transfers, Is.EqualTo(Items(Geometry with { State = TransferState.Active, Attempts = 1, Error = "refused", Files = 3, Bytes = 4 }, Basis)));
        Assert.That((edited.Version, edited.State, edited.LastUpdate), Is.EqualTo((6L, JobState.Ready, SomeJob.Noon)));
    }

    [Test]
    public void EditTransfer_OfASlotThatIsNotFilled_NamesThoseThatAre() => Assert.That(
        () => new JobChange(In(JobState.Ready, Geometry, Results)).EditTransfer("basis", item => item, SomeJob.Noon),
        Throws.ArgumentException.With.Message.StartsWith("Job 17 has no transfer 'basis'. It has: geometry, results."));

    [TestCase(JobState.StagedIn, "geometry", "READY")]
    [TestCase(JobState.Postprocessed, "geometry", "READY")]
    [TestCase(JobState.Ready, "results", "POSTPROCESSED")]
    [TestCase(JobState.Failed, "results", "POSTPROCESSED")]
    public void EditTransfer_OutsideItsLeg_IsRefused(JobState state, string slot, string leg) => Assert.That(
        () => new JobChange(In(state, Geometry, Results)).EditTransfer(slot, item => item with { State = TransferState.Done }, SomeJob.Noon),
        Throws.InvalidOperationException.With.Message.EqualTo($"Job 17 is {state.ToText()}; its transfer '{slot}' moves while the job is {leg}."));

    [Test]
    public void Edit_OfTransfers_HasNoEffect()
    {
        Job edited = new JobChange(In(JobState.Ready, Geometry)).Edit(fields => fields with { Transfers = [] }, SomeJob.Noon).After;
        Assert.That(edited.Transfers, Is.EqualTo(Items(Geometry)));
    }

    [Test]
    public void TransferState_AsText_ReadsBack()
    {
        Assert.That(Enum.GetValues<TransferState>().Select(state => state.ToText()), Is.EqualTo(new[] { "AWAITING_JOB", "PENDING", "ACTIVE", "DONE", "FAILED" }));
        Assert.That(Enum.GetValues<TransferState>().Select(state => TransferStates.Parse(state.ToText())), Is.EqualTo(Enum.GetValues<TransferState>()));
        Assert.That(() => TransferStates.Parse("done"), Throws.TypeOf<FormatException>().With.Message.Contains("AWAITING_JOB, PENDING, ACTIVE, DONE, FAILED"));
        Assert.That(() => ((TransferState)0).ToText(), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void TransferDirection_AsText_ReadsBack()
    {
        Assert.That(Enum.GetValues<TransferDirection>().Select(direction => direction.ToText()), Is.EqualTo(new[] { "IN", "OUT" }));
        Assert.That(Enum.GetValues<TransferDirection>().Select(direction => TransferDirections.Parse(direction.ToText())), Is.EqualTo(Enum.GetValues<TransferDirection>()));
        Assert.That(() => TransferDirections.Parse("in"), Throws.TypeOf<FormatException>().With.Message.Contains("IN and OUT"));
        Assert.That(() => ((TransferDirection)3).ToText(), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static TransferItem Done(TransferItem item) => item with { State = TransferState.Done, Attempts = 1, Files = 1, Bytes = 10 };

    private static ImmutableArray<TransferItem> Items(params ReadOnlySpan<TransferItem> items) => [.. items];

    private static JobSnapshot Fields(JobState state, params ReadOnlySpan<TransferItem> items) => SomeJob.Fields(state) with { Transfers = [.. items] };

    private static Job In(JobState state, params ReadOnlySpan<TransferItem> items) => Job.Restore(Fields(state, items));

    private static Job Move(Job job, JobTrigger trigger) => new JobChange(job).Apply(trigger, SomeJob.Noon).After;
}
