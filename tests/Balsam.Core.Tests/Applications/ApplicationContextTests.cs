namespace Balsam.Core.Tests.Applications;

/// <summary>Contexts as users' own tests make them.</summary>
public sealed class ApplicationContextTests
{
    private static readonly Job Some = Make(17);

    [Test]
    public async Task JobContext_MadeByATest_GivesItsFamilyAndTellsWhatWasAskedFor()
    {
        var parent = new ParentJob(Make(3), DependencyCondition.Either, "/data/parent");
        var context = new JobContext(Some, "/data/job", parents: [parent], children: [Make(20)]);
        NewJob first = context.Submit(new NewJob("Norm", "a"));
        NewJob second = new("Norm", "b");
        context.Submit([second]);
        context.AddParents(new JobId(20), [first, second], DependencyCondition.SuccessOrHold);
        context.AddParents(new JobId(20), [new JobId(3)]);
        Assert.That(await context.GetParentsAsync(), Is.EqualTo(new[] { parent }));
        Assert.That((await context.GetChildrenAsync()).Single().Id, Is.EqualTo(new JobId(20)));
        Assert.That(context.Submitted, Is.EqualTo(new[] { first, second }));
        Assert.That(context.AddedParents, Is.EqualTo(new[]
        {
            new AddedParent(new JobId(20), new NewJobParent(first, default, DependencyCondition.SuccessOrHold)),
            new AddedParent(new JobId(20), new NewJobParent(second, default, DependencyCondition.SuccessOrHold)),
            new AddedParent(new JobId(20), new NewJobParent(null, new JobId(3), DependencyCondition.Success)),
        }));
    }

    [Test]
    public async Task RunContext_MadeByATestWithoutFamily_HasNone()
    {
        var context = new RunContext(Some, "/data/job");
        Assert.That((await context.GetParentsAsync(), await context.GetChildrenAsync()), Is.EqualTo((Array.Empty<ParentJob>(), Array.Empty<Job>())));
        Assert.That((context.Submitted.Count, context.AddedParents.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public void AddParents_MistakenArguments_AreRefusedAtTheCall()
    {
        var context = new JobContext(Some, "/data/job");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => context.AddParents(Some.Id, [new JobId(3)]), Throws.ArgumentException.With.Message.StartsWith("Job 17 is at work and cannot wait for parents; name a job that is AWAITING_PARENTS."));
            Assert.That(() => context.AddParents(default, [new JobId(3)]), Throws.ArgumentException);
            Assert.That(() => context.AddParents(new JobId(20), [default(JobId)]), Throws.ArgumentException);
            Assert.That(() => context.AddParents(new JobId(20), [(NewJob)null!]), Throws.ArgumentException);
            Assert.That(() => context.Submit([null!]), Throws.ArgumentException);
            Assert.That(() => context.Submit((NewJob)null!), Throws.ArgumentNullException);
        }

        Assert.That((context.Submitted.Count, context.AddedParents.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Tags_BadOnes_AreRefusedAtTheCall()
    {
        var context = new JobContext(Some, "/data/job");
        Assert.That(() => context.Tags.Set("a\nb", "v"), Throws.ArgumentException);
        Assert.That(() => context.Tags.Set("\uD800", "v"), Throws.ArgumentException);
        Assert.That(() => context.Tags.Set("key", new string('v', SubmissionLimits.TagLength - 2)), Throws.ArgumentException);
        context.Tags.Set("key", new string('v', SubmissionLimits.TagLength - 3));
        Assert.That(context.Tags.Current.Keys, Is.EqualTo(new[] { "key" }));
    }

    private static Job Make(long id) => Job.Create(new JobId(id), new JobAddition { Application = "Norm", Site = SiteName.Local }, [], DateTimeOffset.UnixEpoch);
}
