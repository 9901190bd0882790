namespace Balsam.Core.Tests.Jobs;

/// <summary>All states against all triggers. The legal moves stand here by hand, as design and documentation have them; nothing is read off the table under test.</summary>
public sealed class TransitionGridTests
{
    internal static readonly Dictionary<(JobState From, JobTrigger Trigger), JobState> Legal = new()
    {
        [(JobState.Created, JobTrigger.ParentsPending)] = JobState.AwaitingParents,
        [(JobState.Created, JobTrigger.ParentsFinished)] = JobState.Ready,
        [(JobState.Created, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.AwaitingParents, JobTrigger.ParentsFinished)] = JobState.Ready,
        [(JobState.AwaitingParents, JobTrigger.ParentFailed)] = JobState.Failed,
        [(JobState.AwaitingParents, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.Ready, JobTrigger.StagedIn)] = JobState.StagedIn,
        [(JobState.Ready, JobTrigger.TransferFailed)] = JobState.Failed,
        [(JobState.Ready, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.StagedIn, JobTrigger.Preprocessed)] = JobState.Preprocessed,
        [(JobState.StagedIn, JobTrigger.HookFailed)] = JobState.Failed,
        [(JobState.StagedIn, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.Preprocessed, JobTrigger.Started)] = JobState.Running,
        [(JobState.Preprocessed, JobTrigger.StartFailed)] = JobState.Failed,
        [(JobState.Preprocessed, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.Running, JobTrigger.RunSucceeded)] = JobState.RunDone,
        [(JobState.Running, JobTrigger.RunFailed)] = JobState.RunError,
        [(JobState.Running, JobTrigger.RunTimedOut)] = JobState.RunTimeout,
        [(JobState.Running, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.RunDone, JobTrigger.Postprocessed)] = JobState.Postprocessed,
        [(JobState.RunDone, JobTrigger.RetryRequested)] = JobState.RestartReady,
        [(JobState.RunDone, JobTrigger.HookFailed)] = JobState.Failed,
        [(JobState.RunDone, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.RunError, JobTrigger.RetryRequested)] = JobState.RestartReady,
        [(JobState.RunError, JobTrigger.HookFailed)] = JobState.Failed,
        [(JobState.RunError, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.RunTimeout, JobTrigger.RetryRequested)] = JobState.RestartReady,
        [(JobState.RunTimeout, JobTrigger.HookFailed)] = JobState.Failed,
        [(JobState.RunTimeout, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.RestartReady, JobTrigger.Started)] = JobState.Running,
        [(JobState.RestartReady, JobTrigger.StartFailed)] = JobState.Failed,
        [(JobState.RestartReady, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.Postprocessed, JobTrigger.StagedOut)] = JobState.StagedOut,
        [(JobState.Postprocessed, JobTrigger.TransferFailed)] = JobState.Failed,
        [(JobState.Postprocessed, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.StagedOut, JobTrigger.Finished)] = JobState.JobFinished,
        [(JobState.StagedOut, JobTrigger.Cancelled)] = JobState.Failed,

        [(JobState.JobFinished, JobTrigger.Restarted)] = JobState.RestartReady,

        [(JobState.Failed, JobTrigger.Restarted)] = JobState.RestartReady,
        [(JobState.Failed, JobTrigger.ParentRestarted)] = JobState.AwaitingParents,
    };

    private static IEnumerable<TestCaseData> Grid =>
        from state in Enum.GetValues<JobState>()
        from trigger in Enum.GetValues<JobTrigger>()
        select new TestCaseData(state, trigger).SetArgDisplayNames(state.ToString(), trigger.ToString());

    [Test]
    public void Grid_HasFourteenStatesAndNineteenTriggers()
    {
        Assert.That(Enum.GetValues<JobState>(), Has.Length.EqualTo(14));
        Assert.That(Enum.GetValues<JobTrigger>(), Has.Length.EqualTo(19));
        Assert.That(JobTransitions.All, Has.Count.EqualTo(Legal.Count), "every row of the table is legal here, and none stands twice");
    }

    [TestCaseSource(nameof(Grid))]
    public void Apply_EachTriggerInEachState_MovesOrThrows(JobState state, JobTrigger trigger)
    {
        Job job = SomeJob.In(state);
        var change = new JobChange(job);
        if (Legal.TryGetValue((state, trigger), out JobState to))
        {
            change.Apply(trigger, SomeJob.Noon, "why");
            Assert.That(change.After.State, Is.EqualTo(to));
            Assert.That(change.After.Version, Is.EqualTo(job.Version + 1));
            Assert.That(change.Events.Single(), Is.EqualTo(new JobEvent { JobId = job.Id, From = state, Trigger = trigger, To = to, At = SomeJob.Noon, Message = "why" }));
            Assert.That(JobTransitions.IsLegal(state, to), Is.True);
            return;
        }

        InvalidJobTransitionException refused = Assert.Throws<InvalidJobTransitionException>(() => change.Apply(trigger, SomeJob.Noon))!;
        JobTrigger[] allowed = [.. Legal.Keys.Where(move => move.From == state).Select(move => move.Trigger)];
        Assert.That((refused.JobId, refused.From, refused.Trigger), Is.EqualTo((job.Id, state, trigger)));
        Assert.That(refused.Allowed, Is.EquivalentTo(allowed));
        Assert.That(refused.Message, Does.Contain($"Job {job.Id}").And.Contain(state.ToText()).And.Contain(trigger.ToString()));
        Assert.That(allowed.Select(possible => refused.Message.Contains(possible.ToString(), StringComparison.Ordinal)), Is.All.True);
        Assert.That((change.After, change.Events.Count), Is.EqualTo((job, 0)), "nothing was changed");
    }

    [Test]
    public void IsLegal_EachPairOfStates_FollowsTheGrid()
    {
        foreach (JobState from in Enum.GetValues<JobState>())
        {
            foreach (JobState to in Enum.GetValues<JobState>())
            {
                Assert.That(JobTransitions.IsLegal(from, to), Is.EqualTo(Legal.Any(move => move.Key.From == from && move.Value == to)), $"{from} to {to}");
            }
        }
    }

    [TestCase(JobTrigger.Started, JobState.Running)]
    [TestCase(JobTrigger.ParentRestarted, JobState.AwaitingParents)]
    [TestCase(JobTrigger.Cancelled, JobState.Failed)]
    public void InvalidTransition_ToATriggersOnlyState_NamesIt(JobTrigger trigger, JobState to) =>
        Assert.That(new InvalidJobTransitionException(new JobId(1), JobState.JobFinished, trigger).To, Is.EqualTo(to));
}
