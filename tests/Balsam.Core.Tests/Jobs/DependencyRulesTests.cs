namespace Balsam.Core.Tests.Jobs;

public sealed class DependencyRulesTests
{
    [Test]
    public void FailureOfChild_ParentFailedItself_NamesIt() => Expect(
        Job.Restore(SomeJob.Fields(JobState.Failed) with { Failure = new FailureDetails { Kind = FailureKind.ExitCode, Message = "exit 3" } }), 17, "Ancestor 17 (Relax in study/4) failed: exit 3");

    [Test]
    public void FailureOfChild_ParentFailedWithoutAReason_SaysSo() => Expect(SomeJob.In(JobState.Failed), 17, "Ancestor 17 (Relax in study/4) failed: no reason recorded");

    [Test]
    public void FailureOfChild_ParentFailedWithItsOwnParent_NamesTheOneThatBeganIt() => Expect(
        Job.Restore(SomeJob.Fields(JobState.Failed) with { Failure = Inherited }), 5, "Ancestor 5 failed");

    [Test]
    public void FailureOfChild_ParentFailedForAnotherReasonThatNamesAnAncestor_NamesTheParent() => Expect(
        Job.Restore(SomeJob.Fields(JobState.Failed) with { Failure = Inherited with { Kind = FailureKind.Cancelled } }), 17, "Ancestor 17 (Relax in study/4) failed: Ancestor 5 failed");

    [Test]
    public void FailureOfChild_ParentFinished_SaysThatItsFailureWasAsked() => Expect(
        SomeJob.In(JobState.JobFinished), 17, "Parent 17 (study/4) finished; this job was to run only after its failure.");

    // What a job failed of earlier does not count any more once it has finished.
    [Test]
    public void FailureOfChild_ParentFinishedAfterAnInheritedFailure_NamesTheParent() => Expect(
        Job.Restore(SomeJob.Fields(JobState.JobFinished) with { Failure = Inherited }), 17, "Parent 17 (study/4) finished; this job was to run only after its failure.");

    [Test]
    public void FailureOfChild_OfNobody_IsRefused() => Assert.That(() => DependencyRules.FailureOfChild(null!), Throws.ArgumentNullException);

    private static FailureDetails Inherited => new() { Kind = FailureKind.ParentFailed, Message = "Ancestor 5 failed", GuiltyAncestor = new JobId(5) };

    private static void Expect(Job parent, long guilty, string message)
    {
        FailureDetails failure = DependencyRules.FailureOfChild(parent);
        Assert.That((failure.Kind, failure.GuiltyAncestor, failure.Message), Is.EqualTo((FailureKind.ParentFailed, (JobId?)new JobId(guilty), message)));
    }
}
