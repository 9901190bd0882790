using System.Text.Json;
using Balsam.Storage;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Hostile.Tests.Fuzzing;

/// <summary>Hostile jobs are stored whole and come back as they were, or are refused with a message that names them, and leave nothing.</summary>
public sealed class SubmitFuzzTests
{
    private static readonly string[] Applications = ["Tool", "Loose", "Echo", "Unknown"];

    private readonly TemporaryDirectory _directory = new();

    [OneTimeTearDown]
    public void TearDown() => _directory.Dispose();

    [TestCase("memory", 4_000)]
    [TestCase("file", 400)]
    public async Task Submit_AnyJob_IsStoredAsItIs_OrRefusedByNameAndNotAtAll(string kind, int samples)
    {
        await using ServiceProvider services = Services(kind);
        var client = services.GetRequiredService<BalsamClient>();
        IJobStore store = services.GetRequiredService<IJobStore>();
        await store.OpenAsync(default);
        int taken = 0;
        int number = 0;
        await Gen.Select(HostileText.OneOf(Applications), HostileText.Any.Null(), HostileText.Any.Select(HostileText.Any).Array[0, 2], HostileText.Any.Null(0.7), HostileText.Any, JsonText.Any, Gen.Int[0, 3]).SampleAsync(
            async (application, workdir, tags, key, text, json, shape) =>
            {
                // A key that comes twice would bring the first job again.
                string? ownKey = string.IsNullOrEmpty(key) ? key : $"{key}{number++}";
                if (Make(application, workdir, tags, ownKey, text, json, shape) is not { } job)
                {
                    return;
                }

                (long, long) before = (await client.Jobs.CountAsync(), await store.GetLastSequenceAsync(default));
                SubmitCheck check = await client.CheckAsync([job]);
                _ = check.ToString();
                try
                {
                    Job stored = await client.SubmitAsync(job);
                    taken++;
                    Assert.That(check.CanSubmit, Is.True, "the dry run said otherwise");
                    Job read = await client.GetAsync(stored.Id);
                    Assert.That(Path.GetFullPath(Path.Combine("/data", read.Workdir)), Does.StartWith("/data/").And.EndWith(read.Workdir), "the workdir lies inside");
                    Assert.That(read.Tags, Is.EquivalentTo(job.Tags));
                    Assert.That(read.Data, Is.EqualTo(job.Data));
                    Assert.That(job.Parameters.Names.All(name => JsonElement.DeepEquals(read.Parameters.Root.GetProperty(name), job.Parameters.Root.GetProperty(name))), Is.True);
                    foreach ((string tag, string value) in job.Tags)
                    {
                        Assert.That(await client.Jobs.WithTag(tag, value).WithIds(read.Id).CountAsync(), Is.EqualTo(1), "found by its tag");
                    }

                    Assert.That(await client.Jobs.UnderWorkdir(read.Workdir).WithIds(read.Id).CountAsync(), Is.EqualTo(1), "found by its workdir");
                    await EditAsync(client, read, text);
                }
                catch (SubmitRefusedException refusal)
                {
                    Assert.That(check.CanSubmit, Is.False, $"the dry run said otherwise: {refusal.Message}");
                    Assert.That(refusal.Problems.Select(problem => $"{problem}").Where(problem => !problem.StartsWith($"[0] {application}", StringComparison.Ordinal) || problem.Length > 8_000), Is.Empty);
                    Assert.That((await client.Jobs.CountAsync(), await store.GetLastSequenceAsync(default)), Is.EqualTo(before));
                }
            },
            iter: samples,
            threads: 1);
        Assert.That(taken, Is.InRange(samples / 50, samples));
    }

    [TestCase("memory", 2_000)]
    [TestCase("file", 300)]
    public async Task Queries_ForAnyText_FindWhatIsThere_OrNothing(string kind, int samples)
    {
        await using ServiceProvider services = Services(kind);
        var client = services.GetRequiredService<BalsamClient>();
        await client.Jobs.DeleteAsync();
        await client.SubmitAsync(new NewJob("Echo", "a/b").WithParameters("x").Tag("t", "v").WithKey("k").WithData("d", "x"));
        await HostileText.Any.Select(HostileText.Any).SampleAsync(
            async (text, other) =>
            {
                JobQuery[] queries =
                [
                    client.Jobs.WithTag(text), client.Jobs.WithTag("t", text), client.Jobs.WithKey(text, other), client.Jobs.WithWorkdirContaining(text), client.Jobs.Where(job => job.Workdir.StartsWith(text, StringComparison.Ordinal)),
                    client.Jobs.Where(job => job.Tags[text] == other), client.Jobs.Where(job => job.Data.Contains("d") && job.Workdir == text), client.Jobs.UnderWorkdir(text + "/"), client.Jobs.WithTags((text, other), ("t", "v")),
                ];
                foreach (JobQuery query in queries)
                {
                    Assert.That(await query.CountAsync(), Is.InRange(0, 1), query.ToString());
                    _ = query.DescribePlan();
                }
            },
            iter: samples,
            threads: 1);
        Assert.That(await client.Jobs.WithTag("t", "v").WithKey("k").UnderWorkdir("a").CountAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task ResumeTokens_OfNoStore_AreRefused()
    {
        await using ServiceProvider services = Services("memory");
        var client = services.GetRequiredService<BalsamClient>();
        await client.SubmitAsync(new NewJob("Echo").WithParameters("x"));
        foreach (long token in (long[])[-1, long.MinValue, 1_000_000, long.MaxValue])
        {
            Assert.That(async () => await client.Events.Since(token).ToListAsync(), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("token"), $"{token}");
            Assert.That(
                async () => await client.Events.WatchAsync(from: token).GetAsyncEnumerator().MoveNextAsync(), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("from"), $"{token}");
        }
    }

    // What the making of a job refuses is refused where the program says it: by an argument, or as text that JSON cannot hold.
    private static NewJob? Make(string application, string? workdir, (string, string)[] tags, string? key, string text, string json, int shape)
    {
        try
        {
            var job = new NewJob(application, workdir);
            foreach ((string tag, string value) in tags)
            {
                job.Tag(tag, value);
            }

            if (key is not null)
            {
                job.WithKey(key);
            }

            return shape switch
            {
                0 => job.With("a", text),
                1 => job.WithParameters(text),
                2 => job.WithParameters(JobData.Parse(json).Root),
                _ => job.With("a", text).With("n", 2).With("words", tags.Select(tag => tag.Item2)).WithData("d", text),
            };
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException)
        {
            return null;
        }
    }

    private static async Task EditAsync(BalsamClient client, Job job, string text)
    {
        try
        {
            ChangeReport report = await client.UpdateAsync(job.Id, edit => edit.SetParameter("a", text).SetData("e", text).Tag("t", text));
            _ = report.ToString();
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException)
        {
            Assert.That((await client.GetAsync(job.Id)).Version, Is.EqualTo(job.Version), "a refused edit changes nothing");
        }
    }

    private ServiceProvider Services(string kind)
    {
        var services = new ServiceCollection();
        services.AddBalsam(balsam => (kind == "memory" ? balsam.UseInMemory() : balsam.UseLiteDb(_directory["store.db"])).AddApplication<Tool>().AddApplication<Loose>().AddApplication<Echo>());
        return services.BuildServiceProvider();
    }
}
