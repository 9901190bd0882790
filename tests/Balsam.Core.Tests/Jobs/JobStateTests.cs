namespace Balsam.Core.Tests.Jobs;

public sealed class JobStateTests
{
    private static readonly Dictionary<JobState, string> Texts = new()
    {
        [JobState.Created] = "CREATED", [JobState.AwaitingParents] = "AWAITING_PARENTS", [JobState.Ready] = "READY", [JobState.StagedIn] = "STAGED_IN",
        [JobState.Preprocessed] = "PREPROCESSED", [JobState.Running] = "RUNNING", [JobState.RunDone] = "RUN_DONE", [JobState.RunError] = "RUN_ERROR",
        [JobState.RunTimeout] = "RUN_TIMEOUT", [JobState.RestartReady] = "RESTART_READY", [JobState.Postprocessed] = "POSTPROCESSED",
        [JobState.StagedOut] = "STAGED_OUT", [JobState.JobFinished] = "JOB_FINISHED", [JobState.Failed] = "FAILED",
    };

    [Test]
    public void ToText_EachState_IsTheNameOfTheOriginalAndIsReadBack()
    {
        foreach (JobState state in Enum.GetValues<JobState>())
        {
            Assert.That(state.ToText(), Is.EqualTo(Texts[state]));
            Assert.That(JobStates.Parse(Texts[state]), Is.EqualTo(state));
        }
    }

    [TestCase("")]
    [TestCase("running")]
    [TestCase("RUNNING ")]
    [TestCase("Running")]
    [TestCase("6")]
    public void Parse_AnythingElse_IsRefusedListingTheStates(string text) =>
        Assert.That(() => JobStates.Parse(text), Throws.TypeOf<FormatException>().With.Message.Contains("CREATED").And.Message.Contains("FAILED"));

    [TestCase(0)]
    [TestCase(15)]
    [TestCase(-1)]
    public void ToText_OfNoState_IsRefused(int state) => Assert.That(() => ((JobState)state).ToText(), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Groups_AreTheStatesOfTheDesign()
    {
        Assert.That(JobStates.All, Is.EqualTo(Enum.GetValues<JobState>()));
        Assert.That(JobStates.Final, Is.EquivalentTo(new[] { JobState.JobFinished, JobState.Failed }));
        Assert.That(JobStates.Runnable, Is.EquivalentTo(new[] { JobState.Preprocessed, JobState.RestartReady }));
        Assert.That(
            JobStates.Claimable,
            Is.EquivalentTo(new[]
            {
                JobState.Ready, JobState.StagedIn, JobState.Preprocessed, JobState.RunDone, JobState.RunError, JobState.RunTimeout, JobState.RestartReady, JobState.Postprocessed, JobState.StagedOut,
            }));
        Assert.That(JobState.Failed.IsFinal() && JobState.JobFinished.IsFinal() && !JobState.StagedOut.IsFinal(), Is.True);
    }

    [Test]
    public void Set_OfStates_IsASet()
    {
        var some = JobStateSet.Of(JobState.Failed, JobState.Ready, JobState.Ready);
        var other = JobStateSet.Of(JobState.Ready, JobState.Running);
        Assert.That(some, Has.Count.EqualTo(2));
        Assert.That(some, Is.EqualTo(new[] { JobState.Ready, JobState.Failed }), "in the order of the lifecycle");
        Assert.That(some.Union(other), Is.EqualTo(JobStateSet.Of(JobState.Failed, JobState.Running, JobState.Ready)));
        Assert.That(some.Intersect(other), Is.EqualTo(JobStateSet.Of(JobState.Ready)));
        Assert.That(some.Except(other), Is.EqualTo(JobStateSet.Of(JobState.Failed)));
        Assert.That(some.Contains(JobState.Running), Is.False);
        Assert.That(some.ToString(), Is.EqualTo("READY, FAILED"));
        Assert.That(JobStateSet.Empty, Is.EqualTo(default(JobStateSet)).And.Empty);
        Assert.That(JobStates.All, Has.Count.EqualTo(14));
    }

    [TestCase(DependencyCondition.Success, JobState.JobFinished, DependencyVerdict.Satisfied)]
    [TestCase(DependencyCondition.Success, JobState.Failed, DependencyVerdict.Broken)]
    [TestCase(DependencyCondition.Failure, JobState.JobFinished, DependencyVerdict.Broken)]
    [TestCase(DependencyCondition.Failure, JobState.Failed, DependencyVerdict.Satisfied)]
    [TestCase(DependencyCondition.Either, JobState.JobFinished, DependencyVerdict.Satisfied)]
    [TestCase(DependencyCondition.Either, JobState.Failed, DependencyVerdict.Satisfied)]
    [TestCase(DependencyCondition.SuccessOrHold, JobState.JobFinished, DependencyVerdict.Satisfied)]
    [TestCase(DependencyCondition.SuccessOrHold, JobState.Failed, DependencyVerdict.Pending)]
    public void Judge_OfAnEndedParent_FollowsTheCondition(DependencyCondition condition, JobState parent, DependencyVerdict verdict) =>
        Assert.That(DependencyRules.Judge(condition, parent), Is.EqualTo(verdict));

    [Test]
    public void Judge_OfAParentThatHasNotEnded_IsPending() =>
        Assert.That(
            from state in Enum.GetValues<JobState>().Except([JobState.JobFinished, JobState.Failed])
            from condition in Enum.GetValues<DependencyCondition>()
            select DependencyRules.Judge(condition, state),
            Is.All.EqualTo(DependencyVerdict.Pending));

    [TestCase("1", ExpectedResult = 1)]
    [TestCase("9223372036854775807", ExpectedResult = long.MaxValue)]
    public long JobId_Digits_AreRead(string text) => JobId.Parse(text).Value;

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase(" 1")]
    [TestCase("1.0")]
    [TestCase("")]
    [TestCase("9223372036854775808")]
    public void JobId_AnythingElse_IsRefused(string text) => Assert.That(() => JobId.Parse(text), Throws.TypeOf<FormatException>().With.Message.Contains($"'{text}'"));
}
