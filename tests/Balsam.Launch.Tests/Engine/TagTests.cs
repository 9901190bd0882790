namespace Balsam.Launch.Tests.Engine;

/// <summary>Tags that hooks and functions set.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class TagTests(StoreKind store)
{
    private static readonly string[] Places = Hooks.AndRun;

    [TestCaseSource(nameof(Places))]
    public async Task Tags_SetAndRemoved_AreStoredWithTheOutcomeAndFound(string place)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        Hooks.Lead(engine.Behaviour, place);
        Hooks.Install(engine.Behaviour, place, (context, _) =>
        {
            Assert.That((context.Tags.TryGet("study", out string? study), study), Is.EqualTo((true, "a")));
            context.Tags.Set("study", "b");
            context.Tags.Set("quality", "good");
            context.Tags.Remove("draft");
            return Task.CompletedTask;
        });
        Job job = await engine.RunAsync(Hooks.NewHooked(place).Tag("study", "a").Tag("draft", "yes"));
        Assert.That(job.Tags, Is.EquivalentTo(new Dictionary<string, string> { ["study"] = "b", ["quality"] = "good" }));
        Assert.That(await engine.Client.Jobs.WithTag("study", "b").CountAsync(), Is.EqualTo(1));
        Assert.That(await engine.Client.Jobs.WithTag("draft").CountAsync(), Is.Zero);
    }

    [Test]
    public async Task Tags_TooLong_FailTheJobAndSayTheLimit()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Postprocess = (context, _) =>
        {
            context.Tags.Set("key", new string('v', SubmissionLimits.TagLength));
            return Task.FromResult(PostprocessOutcome.Done);
        };
        Job job = await engine.RunAsync(Hooked.NewJob("x"));
        Assert.That(job.Failure!.Message, Does.StartWith("Postprocess threw ArgumentException: the tag 'key' is not valid Unicode").And.Contain("longer than 300 characters"));
    }
}
