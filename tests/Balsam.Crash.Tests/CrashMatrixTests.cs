using System.Globalization;
using System.Runtime.Versioning;

namespace Balsam.Crash.Tests;

/// <summary>The crash matrix: campaigns whose hosts are killed at every chosen instant and at random ones. See <see cref="CrashSettings"/> for longer runs.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class CrashMatrixTests
{
    private const int Lanes = 3;
    private const int KillsPerCampaign = 60;
    private string _directory = null!;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("balsam-crash-").FullName;

    [TearDown]
    public void TearDown()
    {
        if (TestContext.CurrentContext.Result.FailCount == 0)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Test]
    public async Task Hosts_KilledAtEveryInstant_LoseNothingAndRunNothingTwice()
    {
        var random = new Random(CrashSettings.Seed);
        TestContext.Out.WriteLine($"BALSAM_CRASH_SEED={CrashSettings.Seed} BALSAM_CRASH_KILLS={CrashSettings.Kills}, in {_directory}");
        int campaigns = Math.Max(Lanes, (CrashSettings.Kills + KillsPerCampaign - 1) / KillsPerCampaign);
        CrashPlan[] plans = Plan(random);
        (int Seed, CrashPlan[] Plans)[] parts = [.. Enumerable.Range(0, campaigns).Select(i => (random.Next(), plans.Where((_, at) => at % campaigns == i).ToArray()))];

        List<CrashCampaign> done = [];
        await Parallel.ForAsync(0, campaigns, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (i, _) =>
        {
            string directory = Directory.CreateDirectory(Path.Combine(_directory, i.ToString(CultureInfo.InvariantCulture))).FullName;
            var campaign = new CrashCampaign(directory, parts[i].Seed, parts[i].Plans);
            await campaign.RunAsync();
            lock (done)
            {
                done.Add(campaign);
            }

            if (campaign.Violations.Count == 0)
            {
                Directory.Delete(Path.Combine(directory, "data"), recursive: true);
            }
        });

        Dictionary<string, int> hits = Sum(done.Select(campaign => campaign.Hits));
        Dictionary<string, int> fileHits = Sum(done.Select(campaign => campaign.FileHits));
        TestContext.Out.WriteLine($"{done.Sum(campaign => campaign.Kills)} kills in {campaigns} campaigns");
        foreach (CrashInstant instant in CrashInstants.All)
        {
            TestContext.Out.WriteLine($"{hits.GetValueOrDefault(instant.Name),5}  {instant.Name,-16} {instant.What}");
        }

        TestContext.Out.WriteLine($"{hits.GetValueOrDefault(CrashPlan.Never),5}  from outside, at random");
        TestContext.Out.WriteLine("At operations on files: " + string.Join(", ", fileHits.OrderBy(hit => hit.Key, StringComparer.Ordinal).Select(hit => $"{hit.Value} {hit.Key}")));
        Assert.That(done.SelectMany(campaign => campaign.Violations), Is.Empty);
        Assert.That(CrashInstants.All.Select(instant => instant.Name).Where(name => !hits.ContainsKey(name)), Is.Empty, "instants that were never hit");
        Assert.That(done.Sum(campaign => campaign.Kills), Is.GreaterThanOrEqualTo(CrashSettings.Kills));
    }

    // Each instant twice; what is left half of the time at random, half of the time at any of the instants.
    private static CrashPlan[] Plan(Random random)
    {
        List<CrashPlan> plans = [.. CrashInstants.All.Concat(CrashInstants.All).Select(instant => instant.Choose(random))];
        while (plans.Count < CrashSettings.Kills + CrashInstants.All.Count / 2)
        {
            plans.Add(random.Next(2) == 0 ? new CrashPlan(CrashPlan.Never) : CrashInstants.All[random.Next(CrashInstants.All.Count)].Choose(random));
        }

        CrashPlan[] shuffled = [.. plans];
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static Dictionary<string, int> Sum(IEnumerable<IReadOnlyDictionary<string, int>> counts) =>
        counts.SelectMany(count => count).GroupBy(count => count.Key).ToDictionary(group => group.Key, group => group.Sum(count => count.Value));
}
