using System.Text.Json;

namespace Balsam.Core.Tests.Jobs;

public sealed class JobTests
{
    private static readonly FailureDetails Failure = new() { Kind = FailureKind.ExitCode, Message = "exit 3", ExitCode = 3 };

    [Test]
    public void Apply_EachStep_RaisesTheVersionByOneAndKeepsTheEventsInOrder()
    {
        var change = new JobChange(SomeJob.In(JobState.StagedIn));
        change.Apply(JobTrigger.Preprocessed, SomeJob.Noon).Apply(JobTrigger.Started, SomeJob.Noon).Edit(fields => fields with { Priority = 2 }, SomeJob.Noon).Apply(JobTrigger.RunSucceeded, SomeJob.Noon);
        Assert.That(change.After.Version, Is.EqualTo(9));
        Assert.That(change.Before.Version, Is.EqualTo(5));
        Assert.That(change.Events.Select(step => step.Trigger), Is.EqualTo(new[] { JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded }));
    }

    [Test]
    public void Apply_InAnotherOffset_StoresUtcMilliseconds()
    {
        DateTimeOffset odd = new DateTimeOffset(2030, 1, 2, 14, 0, 0, 123, TimeSpan.FromHours(2)).AddTicks(4_567);
        var stored = new DateTimeOffset(2030, 1, 2, 12, 0, 0, 123, TimeSpan.Zero);
        JobChange change = new JobChange(SomeJob.In(JobState.Preprocessed)).Apply(JobTrigger.Started, odd).Edit(fields => fields with { NotBefore = odd }, odd);
        Assert.That(change.Events[0].At, Is.EqualTo(stored));
        Assert.That(change.After.LastUpdate, Is.EqualTo(stored));
        Assert.That(change.After.NotBefore, Is.EqualTo(stored));
        Assert.That(change.After.LastUpdate.Offset, Is.EqualTo(TimeSpan.Zero));
        Assert.That(change.After.NotBefore!.Value.Offset, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Apply_BeforeTheYearOne_RoundsDownAsWell() =>
        Assert.That(new DateTimeOffset(15_000, TimeSpan.Zero).ToStoredInstant().UtcTicks, Is.EqualTo(10_000));

    [Test]
    public void Started_CountsTheAttemptAndForgetsTheLastRun()
    {
        Job again = Job.Restore(SomeJob.Fields(JobState.RestartReady) with { Attempt = 2, ReturnCode = 3, Failure = Failure, Result = "1", NotBefore = SomeJob.Noon });
        JobSnapshot started = new JobChange(again).Apply(JobTrigger.Started, SomeJob.Noon).After.ToSnapshot();
        Assert.That((started.Attempt, started.ReturnCode, started.Failure, started.Result, started.NotBefore), Is.EqualTo((3, (int?)null, (FailureDetails?)null, (string?)null, (DateTimeOffset?)null)));
    }

    [TestCase(JobState.Running, JobTrigger.RunSucceeded)]
    [TestCase(JobState.Failed, JobTrigger.Restarted)]
    [TestCase(JobState.JobFinished, JobTrigger.Restarted)]
    [TestCase(JobState.Failed, JobTrigger.ParentRestarted)]
    public void Apply_AfterWhichThereIsNoFailure_ClearsIt(JobState from, JobTrigger trigger)
    {
        Job failed = Job.Restore(SomeJob.Fields(from) with { Failure = Failure });
        Assert.That(new JobChange(failed).Apply(trigger, SomeJob.Noon).After.Failure, Is.Null);
    }

    [TestCase(JobState.Running, JobTrigger.RunFailed)]
    [TestCase(JobState.RunError, JobTrigger.RetryRequested)]
    public void Apply_WhileTheFailureStillCounts_KeepsIt(JobState from, JobTrigger trigger)
    {
        Job failed = Job.Restore(SomeJob.Fields(from) with { Failure = Failure });
        Assert.That(new JobChange(failed).Apply(trigger, SomeJob.Noon).After.Failure, Is.EqualTo(Failure));
    }

    [Test]
    public void Preprocessed_IsRememberedOverRestarts()
    {
        JobChange change = new JobChange(SomeJob.In(JobState.StagedIn)).Apply(JobTrigger.Preprocessed, SomeJob.Noon).Apply(JobTrigger.Cancelled, SomeJob.Noon).Apply(JobTrigger.Restarted, SomeJob.Noon);
        Assert.That(change.After.IsPreprocessed, Is.True);
        Assert.That(change.Before.IsPreprocessed, Is.False);
    }

    [Test]
    public void Fail_KeepsTheReasonInJobAndEvent()
    {
        JobChange change = new JobChange(Job.Restore(SomeJob.Fields(JobState.Running) with { Result = "1" })).Fail(JobTrigger.Cancelled, SomeJob.Noon, Failure);
        Assert.That(change.After.Failure, Is.EqualTo(Failure));
        Assert.That(change.After.ToSnapshot().Result, Is.Null);
        Assert.That(change.Events.Single().Message, Is.EqualTo("exit 3"));
    }

    [Test]
    public void Edit_OfWhatCarriesState_HasNoEffect()
    {
        Job job = SomeJob.In(JobState.Running);
        Job edited = new JobChange(job).Edit(
            fields => fields with { Id = new JobId(99), State = JobState.JobFinished, Version = 1, LastUpdate = DateTimeOffset.MaxValue, Priority = 7 }, SomeJob.Noon).After;
        Assert.That((edited.Id, edited.State, edited.Version, edited.LastUpdate, edited.Priority), Is.EqualTo((job.Id, JobState.Running, 6L, SomeJob.Noon, 7)));
        Assert.That(job.Priority, Is.Zero, "the job it was made on is as it was");
    }

    [Test]
    public void Create_GivesTheDefaultWorkdirAndNothingElse()
    {
        var addition = new JobAddition { Application = "Relax", Site = "local" };
        Job job = Job.Create(new JobId(4), addition, [new JobDependency(new JobId(3), DependencyCondition.Either)], SomeJob.Noon.AddTicks(1));
        Assert.That((job.State, job.Version, job.Workdir, job.CreatedAt, job.LastUpdate, job.Attempt), Is.EqualTo((JobState.Created, 0L, "Relax/4", SomeJob.Noon, SomeJob.Noon, 0)));
        Assert.That(Job.Create(new JobId(4), addition with { Workdir = "a" }, [], SomeJob.Noon).Workdir, Is.EqualTo("a"));
    }

    [Test]
    public void Restore_WithoutIdOrState_IsRefused()
    {
        Assert.That(() => Job.Restore(SomeJob.Fields(JobState.Ready) with { Id = default }), Throws.ArgumentException);
        Assert.That(() => Job.Restore(SomeJob.Fields((JobState)15)), Throws.ArgumentException);
        Assert.That(() => Job.Restore(SomeJob.Fields(default)), Throws.ArgumentException);
    }

    [Test]
    public void GetResult_InEachState_GivesItOrSaysWhyNot()
    {
        Assert.That(Job.Restore(SomeJob.Fields(JobState.JobFinished) with { Result = "[1,\"NaN\"]" }).GetResult<double[]>(), Is.EqualTo(new[] { 1, double.NaN }));
        Assert.That(() => SomeJob.In(JobState.JobFinished).GetResult<int>(), Throws.TypeOf<JobResultMissingException>().With.Message.Contains("a command"));
        Assert.That(() => SomeJob.In(JobState.Running).GetResult<int>(), Throws.TypeOf<JobResultMissingException>().With.Message.Contains("RUNNING"));
        Assert.That(() => Job.Restore(SomeJob.Fields(JobState.Failed) with { Failure = Failure }).GetResult<int>(), Throws.TypeOf<JobFailedException>().With.Message.Contains("exit 3"));
    }

    [Test]
    public void GetResult_OfAnotherType_NamesTheJobAndSaysWhatItIs() => Assert.That(
        () => Job.Restore(SomeJob.Fields(JobState.JobFinished) with { Result = "4" }).GetResult<DateTime>(),
        Throws.TypeOf<JsonException>().With.Message.EqualTo("The result of job 17 (Relax) is 4, which cannot be read as DateTime."));

    [Test]
    public void GetParameters_OfAnotherShape_NamesTheJobAndSaysWhatTheyAre()
    {
        Job job = Job.Restore(SomeJob.Fields(JobState.Ready) with { Parameters = JobData.Empty.With("i", "abc") });
        Assert.That(() => job.GetParameters<int>(), Throws.TypeOf<JsonException>().With.Message.EqualTo("""The parameters of job 17 (Relax) are {"i":"abc"}, which cannot be read as int."""));
        Assert.That(
            () => Job.Restore(SomeJob.Fields(JobState.Ready) with { Parameters = JobData.Parse("null") }).GetParameters<string>(),
            Throws.TypeOf<JsonException>().With.Message.EqualTo("The parameters of job 17 (Relax) are null, which cannot be read as string."));
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void JobId_BelowOne_SaysWhereNumbersBegin(long value) => Assert.That(
        () => new JobId(value), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("Job numbers begin at 1.").And.Property("ActualValue").EqualTo(value));

    [Test]
    public void JobEvent_ToString_IsOneLine()
    {
        JobEvent step = new JobEvent
        {
            JobId = new JobId(4), From = JobState.Ready, Trigger = JobTrigger.StagedIn, To = JobState.StagedIn, At = new DateTimeOffset(2026, 11, 23, 14, 39, 38, 123, TimeSpan.Zero),
        }.WithSequence(17);
        Assert.That(step.ToString(), Is.EqualTo("17 2026-11-23T14:39:38.123Z job 4: READY → STAGED_IN (StagedIn)"));
        Assert.That((step with { Message = "two files" }).ToString(), Does.EndWith("(StagedIn): two files"));
    }

    [Test]
    public void RunSpan_ToString_IsOneLine()
    {
        var run = new RunSpan { JobId = new JobId(4), Application = "Relax", Attempt = 1, Start = SomeJob.Noon, Nodes = ["n1", "n2"], Cores = 8, Gpus = 0.5 };
        Assert.That(run.ToString(), Is.EqualTo("job 4 (Relax), run 1: since 2030-01-02T12:00:00.000Z on n1, n2, 8 cores, 0.5 GPUs"));
        Assert.That(
            (run with { End = SomeJob.Noon.AddSeconds(2), Outcome = JobState.RunDone, Nodes = [], Cores = 0, Gpus = 0 }).ToString(),
            Is.EqualTo("job 4 (Relax), run 1: 2030-01-02T12:00:00.000Z to 2030-01-02T12:00:02.000Z, RUN_DONE"));
    }

    [Test]
    public void ApplicationRecord_ToString_IsOneLine()
    {
        var record = new ApplicationRecord { Name = "Relax", ClassName = "A.Relax", Command = "relax {{ input }}", Parameters = [ApplicationParameter.Mandatory("input"), ApplicationParameter.Mandatory("cells")] };
        Assert.That(record.ToString(), Is.EqualTo("Relax(input, cells): \"relax {{ input }}\", 1 node × 1 core"));
        Assert.That((record with { Command = null, Parameters = [] }).ToString(), Is.EqualTo("Relax: function, 1 node × 1 core"));
    }

    [Test]
    public void ToString_SaysNumberApplicationWorkdirAndState() => Assert.That(SomeJob.In(JobState.Running).ToString(), Is.EqualTo("job 17 (Relax in study/4): RUNNING"));
}
