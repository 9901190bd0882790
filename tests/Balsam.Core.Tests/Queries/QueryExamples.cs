using Balsam.Storage;

namespace Balsam.Core.Tests.Queries;

/// <summary>The examples of docs/queries.md: each runs, and the page shows the same lines.</summary>
public sealed class QueryExamples
{
    [Test]
    public async Task Page_EveryExample_RunsAndStandsOnThePage()
    {
        await using QuerySite site = QuerySite.Open();
        IReadOnlyList<Job> added = await site.AddAsync(
            QuerySite.Addition() with { Workdir = "study/1", Tags = new Dictionary<string, string> { ["study"] = "a" }, Data = JobData.Parse("""{"energy":-1.5,"fit":{"points":[{"x":1}]}}"""), Parameters = JobData.Parse("""{"tolerance":0.001}""") },
            QuerySite.Addition("Mesh") with { Parents = [ParentReference.ToIndex(0)] });
        await site.CancelAsync(added[0]);
        await RunAsync(site.Client, added[0].Id, TimeProvider.System.GetUtcNow());
    }

    [Test]
    public void Page_EachSnippet_IsTheCodeOfThisFile()
    {
        string file = Path.Combine(Repository(), "tests", "Balsam.Core.Tests", "Queries", "QueryExamples.cs");
        HashSet<string> code = [.. File.ReadLines(file).Select(line => line.Trim())];
        string page = File.ReadAllText(Path.Combine(Repository(), "docs", "queries.md"));

        string[] missing =
        [
            .. page.Split("```csharp\n").Skip(1).SelectMany(part => part[..part.IndexOf("```", StringComparison.Ordinal)].Split('\n'))
                .Select(line => line.Trim()).Where(line => line.Length > 0 && !code.Contains(line)),
        ];

        Assert.That(missing, Is.Empty);
    }

    // From the tests' directory upwards; a build into a directory elsewhere knows where this file was.
    private static string Repository([System.Runtime.CompilerServices.CallerFilePath] string path = "")
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, Path.GetDirectoryName(path)!])
        {
            for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
            {
                if (File.Exists(Path.Combine(at.FullName, "Balsam.sln")))
                {
                    return at.FullName;
                }
            }
        }

        throw new DirectoryNotFoundException("Balsam.sln is in no directory above the tests.");
    }

    private static async Task RunAsync(BalsamClient client, JobId parent, DateTimeOffset midnight)
    {
        // Narrowing.
        List<Job> failed = await client.Jobs
            .WithApplication("Relax").InState(JobState.Failed).WithTag("study", "a").UnderWorkdir("study/")
            .OrderByDescending(JobField.LastUpdate).Take(10).ToListAsync();
        Assert.That(failed, Has.Count.EqualTo(1));

        // The rest of the methods.
        JobQuery query = client.Jobs
            .WithApplications("Relax", "Mesh").NotInState(JobStates.Claimable).WithTags(("study", "a"), ("mesh", "fine")).WithTag("run")
            .ChildrenOf(parent).WithWorkdirContaining("/1").UpdatedAfter(midnight).CreatedBefore(midnight)
            .WithAttempts(2, 5).WithPriority(min: 1).WithReturnCode(0).WithFailure(FailureKind.Signal, FailureKind.TimeLimit);
        Assert.That(await query.ExistsAsync(), Is.False);

        // JSON.
        long converged = await client.Jobs.WithData("energy", Comparison.Less, 0).WithData("fit.points[0].x", 1).WithParameter("tolerance", 1e-3).CountAsync();
        Assert.That(converged, Is.EqualTo(1));

        // Predicates.
        double limit = 0;
        await foreach (Job job in client.Jobs.Where(j => j.State == JobState.Failed && j.Tags["study"] == "a" && j.Data.Get<double>("energy") < limit))
        {
            Console.WriteLine(job);
        }

        // And, or, not.
        JobQuery trouble = client.Jobs.WhereAny(q => q.InState(JobState.Failed), q => q.WithAttempts(3)).WhereNot(q => q.WithTag("ignore"));
        JobFilter late = new LastUpdateFilter(null, midnight) & !new StateFilter(JobStates.Final);
        long stuck = await client.Jobs.Where(late | new AttemptFilter(3, null)).CountAsync();
        Assert.That((await trouble.CountAsync(), stuck), Is.EqualTo((2L, 0L)));

        // Pages.
        List<Job> page = await client.Jobs.InState(JobState.Failed).Take(50).ToListAsync();
        List<Job> next = await client.Jobs.InState(JobState.Failed).AfterId(page[^1].Id).Take(50).ToListAsync();
        Assert.That(next, Is.Empty);

        // One, any, how many.
        Job first = await client.Jobs.WithTag("study", "a").FirstAsync();
        Job only = await client.Jobs.WithIds(first.Id).SingleAsync();
        JobCounts counts = await client.Jobs.WithTag("study", "a").CountByStateAsync();
        Assert.That((only.Id, counts.Total), Is.EqualTo((first.Id, 1L)));

        // The plan.
        Console.WriteLine(client.Jobs.InState(JobState.Failed).WithTag("study", "a").Take(10).DescribePlan());
    }
}
