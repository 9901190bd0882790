using System.Text.Json;

namespace Balsam.Core.Tests.Jobs;

/// <summary>The borders of the job's small types: what lies just inside and just outside.</summary>
public sealed class JobEdgeTests
{
    [Test]
    public void TryGetNext_OutsideOfTheTable_FindsNothing([Values(-1, 0, 15, int.MaxValue)] int state, [Values(-1, 0, 20, int.MaxValue)] int trigger)
    {
        Assert.That(JobTransitions.TryGetNext((JobState)state, (JobTrigger)trigger, out JobState to), Is.False);
        Assert.That(to, Is.EqualTo(default(JobState)));
        Assert.That(JobTransitions.TryGetNext((JobState)state, JobTrigger.Cancelled, out _), Is.False);
        Assert.That(JobTransitions.TryGetNext(JobState.Ready, (JobTrigger)trigger, out _), Is.False);
    }

    [Test]
    public void StoredResult_InEachState_CountsFromTheEndOfTheRunOn() => Assert.That(
        Enum.GetValues<JobState>().Where(static state => Job.Restore(SomeJob.Fields(state) with { Result = "3" }).TryGetResult(out int result) && result == 3),
        Is.EquivalentTo(new[] { JobState.RunDone, JobState.Postprocessed, JobState.StagedOut, JobState.JobFinished }));

    [Test]
    public void TryGetResult_OfAnotherType_IsFalse()
    {
        Job job = Job.Restore(SomeJob.Fields(JobState.JobFinished) with { Result = "\"text\"" });
        Assert.That(job.TryGetResult(out int number), Is.False);
        Assert.That(number, Is.Zero);
        Assert.That(job.TryGetResult(out string? text), Is.True);
        Assert.That(text, Is.EqualTo("text"));
        Assert.That(job.TryGetResult(out Action? _), Is.False, "a type that JSON cannot hold");
    }

    [Test]
    public void ResultAsync_OfAJobThatNoClientGaveOut_SaysWhatToCall() => Assert.That(
        () => SomeJob.In(JobState.JobFinished).ResultAsync<double>(),
        Throws.InvalidOperationException.With.Message.EqualTo("Job 17 does not come from a client, so it cannot be awaited by itself. Call client.ResultAsync<Double>(job.Id)."));

    [Test]
    public void Restore_WithoutIdOrState_SaysWhichItHas() => Assert.That(
        () => Job.Restore(SomeJob.Fields((JobState)15)),
        Throws.ArgumentException.With.Message.StartsWith("A stored job needs an id and a state; this one has id 17 and state 15."));

    [Test]
    public void Nothing_InsteadOfAJobOrItsParts_IsRefused()
    {
        Assert.That(() => Job.Restore(null!), Throws.ArgumentNullException);
        Assert.That(() => Job.Create(new JobId(1), null!, [], SomeJob.Noon), Throws.ArgumentNullException);
        Assert.That(() => new JobChange(null!), Throws.ArgumentNullException);
        Assert.That(() => new JobChange(SomeJob.In(JobState.Ready)).Fail(JobTrigger.Cancelled, SomeJob.Noon, null!), Throws.ArgumentNullException);
        Assert.That(() => new JobChange(SomeJob.In(JobState.Ready)).Edit(null!, SomeJob.Noon), Throws.ArgumentNullException);
        Assert.That(static () => { JobId _ = (Job)null!; }, Throws.ArgumentNullException);
    }

    [Test]
    public void Apply_WithData_KeepsItInTheEvent()
    {
        JobData data = JobData.Empty.With("nodes", 2);
        Assert.That(new JobChange(SomeJob.In(JobState.Preprocessed)).Apply(JobTrigger.Started, SomeJob.Noon, data: data).Events.Single().Data, Is.EqualTo(data));
        Assert.That(new JobChange(SomeJob.In(JobState.Preprocessed)).Apply(JobTrigger.Started, SomeJob.Noon).Events.Single().Data.IsEmpty, Is.True);
    }

    [Test]
    public void JobId_Compared_IsOrderedByNumber()
    {
        JobId one = new(1), two = new(2), again = new(1);
        Assert.That((one < two, two < one, one < again), Is.EqualTo((true, false, false)));
        Assert.That((one > two, two > one, one > again), Is.EqualTo((false, true, false)));
        Assert.That((one <= two, two <= one, one <= again), Is.EqualTo((true, false, true)));
        Assert.That((one >= two, two >= one, one >= again), Is.EqualTo((false, true, true)));
    }

    [Test]
    public void ParentReference_OfBothKinds_KnowsWhichItIs()
    {
        ParentReference stored = ParentReference.To(new JobId(3), DependencyCondition.Either);
        ParentReference sibling = ParentReference.ToIndex(2, DependencyCondition.Failure);
        Assert.That((stored.IsStored, stored.Stored, stored.Condition), Is.EqualTo((true, new JobId(3), DependencyCondition.Either)));
        Assert.That((sibling.IsStored, sibling.Index, sibling.Condition), Is.EqualTo((false, 2, DependencyCondition.Failure)));
    }

    [TestCase("a", true)]
    [TestCase("a-b_c.d9", true)]
    [TestCase("", false)]
    [TestCase("-a", false)]
    [TestCase("a b", false)]
    [TestCase("a/b", false)]
    [TestCase("ä", false)]
    public void SiteName_OfALetterOrDigitAndMore_IsTaken(string name, bool isTaken) =>
        Assert.That(() => new SiteName(name).Value, isTaken ? Is.EqualTo(name) : Throws.InstanceOf<ArgumentException>());

    [TestCase(64, true)]
    [TestCase(65, false)]
    public void SiteName_AsLongAsANameMayBe_IsTaken(int length, bool isTaken) => Assert.That(
        () => new SiteName(new string('a', length)).Value, isTaken ? Has.Length.EqualTo(length) : Throws.ArgumentException.With.Message.Contains("is not a site name: 1 to 64 letters"));

    [Test]
    public void SiteName_Default_IsLocal() => Assert.That((default(SiteName).Value, SiteName.Local, default(SiteName) == "other"), Is.EqualTo(("local", new SiteName("local"), false)));

    [TestCase(60, false)]
    [TestCase(61, true)]
    public void As_OfALongValue_ShowsItsBeginning(int length, bool isCut)
    {
        string json = $"\"{new string('x', length - 2)}\"";
        Assert.That(
            () => JobData.Parse(json).As<int>(),
            Throws.TypeOf<JsonException>().With.Message.EqualTo($"The value is {(isCut ? json[..59] + "…" : json)}, which cannot be read as int."));
    }

    [TestCase(typeof(bool), "bool")]
    [TestCase(typeof(byte), "byte")]
    [TestCase(typeof(sbyte), "sbyte")]
    [TestCase(typeof(short), "short")]
    [TestCase(typeof(ushort), "ushort")]
    [TestCase(typeof(uint), "uint")]
    [TestCase(typeof(long), "long")]
    [TestCase(typeof(ulong), "ulong")]
    [TestCase(typeof(float), "float")]
    [TestCase(typeof(double), "double")]
    [TestCase(typeof(decimal), "decimal")]
    [TestCase(typeof(char), "char")]
    [TestCase(typeof(Dictionary<string, int[]>), "Dictionary<string, int[]>")]
    [TestCase(typeof(int?), "int?")]
    public void As_OfATypeThatTheValueIsNot_NamesItAsItIsWritten(Type type, string name)
    {
        System.Reflection.MethodInfo read = typeof(JobData).GetMethod(nameof(JobData.As))!.MakeGenericMethod(type);
        Assert.That(
            () => read.Invoke(JobData.Parse("\"long text\""), null),
            Throws.TargetInvocationException.With.InnerException.TypeOf<JsonException>().And.InnerException.Message.EndsWith($"cannot be read as {name}."));
    }

    [Test]
    public void JobData_OfAValueThatIsNoObject_HasNoNames()
    {
        JobData list = JobData.Parse("[1]");
        Assert.That(list.Names, Is.Empty);
        Assert.That(list.GetHashCode(), Is.EqualTo(JobData.Parse("[2]").GetHashCode()));
        Assert.That(() => list.With("a", 1), Throws.InvalidOperationException);
        Assert.That(() => JobData.Empty.With("", 1), Throws.ArgumentException);
        Assert.That(() => JobData.Restore(null!), Throws.ArgumentNullException);
        Assert.That(JobData.Empty.With("a", 1).TryGet("a", out int a) && a == 1, Is.True);
        Assert.That(() => JobData.Parse("\"\ud800\""), Throws.TypeOf<JsonException>().With.Message.EqualTo("The text is not JSON: it is not valid Unicode."));
    }

    [Test]
    public void JobData_Read_FindsMembersInAnyCase() => Assert.That(JobData.Parse("""{"NAME":"x"}""").As<Named>(), Is.EqualTo(new Named("x")));

    private sealed record Named(string Name);
}
