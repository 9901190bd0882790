namespace Balsam.Core.Tests.Jobs;

/// <summary>Which steps of a job's history count as a launcher lost, and which begin the count anew.</summary>
[TestFixture]
public sealed class LauncherLossesTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<char, Action<JobChange>> Steps = new()
    {
        ['R'] = change => change.Apply(JobTrigger.Started, At),
        ['L'] = change => change.LoseLauncher(At, "lost").Apply(JobTrigger.RetryRequested, At),
        ['S'] = change => change.Fail(JobTrigger.RunTimedOut, At, new FailureDetails { Kind = FailureKind.LauncherStopped, Message = "stopped" }).Apply(JobTrigger.RetryRequested, At),
        ['T'] = change => change.Fail(JobTrigger.RunTimedOut, At, new FailureDetails { Kind = FailureKind.TimeLimit, Message = "too long" }).Apply(JobTrigger.RetryRequested, At),
        ['D'] = change => change.Apply(JobTrigger.RunSucceeded, At).Apply(JobTrigger.RetryRequested, At),
        ['E'] = change => change.Fail(JobTrigger.RunFailed, At, new FailureDetails { Kind = FailureKind.ExitCode, Message = "no", ExitCode = 1 }).Apply(JobTrigger.RetryRequested, At),
        ['U'] = change => change.Fail(JobTrigger.Cancelled, At, new FailureDetails { Kind = FailureKind.Cancelled, Message = "enough" }).Apply(JobTrigger.Restarted, At),
    };

    [TestCase("", ExpectedResult = 0)]
    [TestCase("R", ExpectedResult = 0)]
    [TestCase("RL", ExpectedResult = 1)]
    [TestCase("RLRLR", ExpectedResult = 2, Description = "the run that goes on changes nothing")]
    [TestCase("RLRSRL", ExpectedResult = 2, Description = "a launcher that was stopped neither counts nor clears")]
    [TestCase("RLRTRL", ExpectedResult = 2, Description = "nor does a time limit")]
    [TestCase("RLRLRDRL", ExpectedResult = 1, Description = "a run that ended well")]
    [TestCase("RLRLRER", ExpectedResult = 0, Description = "a run that ended badly, but by itself")]
    [TestCase("RLRLU", ExpectedResult = 0, Description = "a user's restart")]
    public int Count_History_IsOfTheLossesInARow(string steps)
    {
        var change = new JobChange(Job.Restore(new JobSnapshot { Id = new JobId(1), Version = 3, State = JobState.Preprocessed, Application = "App", Site = "local", Workdir = "w", CreatedAt = At, LastUpdate = At }));
        foreach (char step in steps)
        {
            Steps[step](change);
        }

        return LauncherLosses.Count(change.Events);
    }

    [Test]
    public void LoseLauncher_Running_SaysWhyOnJobAndStep()
    {
        var change = new JobChange(Job.Restore(new JobSnapshot { Id = new JobId(1), Version = 3, State = JobState.Running, Application = "App", Site = "local", Workdir = "w", Result = "1", CreatedAt = At, LastUpdate = At }));
        change.LoseLauncher(At, "The launcher was lost.");
        Assert.That((change.After.State, change.After.Failure!.Kind, change.After.Failure.Message, change.After.ToSnapshot().Result), Is.EqualTo((JobState.RunTimeout, FailureKind.LauncherLost, "The launcher was lost.", (string?)null)));
        Assert.That((change.Events[0].Message, change.Events[0].Data.Json), Is.EqualTo(("The launcher was lost.", "{\"cause\":\"LauncherLost\"}")));
    }

    [Test]
    public void LoseLauncher_NotRunning_IsRefused() => Assert.Throws<InvalidJobTransitionException>(() =>
        new JobChange(Job.Restore(new JobSnapshot { Id = new JobId(1), Version = 3, State = JobState.RunDone, Application = "App", Site = "local", Workdir = "w", CreatedAt = At, LastUpdate = At })).LoseLauncher(At, "lost"));
}
