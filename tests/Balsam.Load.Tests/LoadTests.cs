using System.Runtime.Versioning;

namespace Balsam.Load.Tests;

/// <summary>
/// Each load runs in a host of its own, which checks what must hold; here stand the bounds of time and memory. The quick sizes are a part of every test run.
/// The full sizes are run by <c>BALSAM_LOAD=full dotnet test tests/Balsam.Load.Tests</c>; one load at any size by
/// <c>dotnet run -c Release --project tests/Balsam.Load.Host -- chain 100000</c>, which prints its figures.
/// </summary>
/// <remarks>
/// A quick load takes a few seconds on a quiet machine of two cores: <see cref="Soon"/> is a guard against what does not end, generous because the machine of a
/// test run is shared. The bounds of the full sizes are about five times what a quiet machine of two cores takes; what is quadratic takes a hundred times.
/// Memory: a host of .NET with a store has 70 MiB; the rest is about twice what was measured, since the collector takes what there is.
/// </remarks>
[SupportedOSPlatform("linux")]
[Platform("Linux")]
internal sealed class LoadTests
{
    private const string SizeVariable = "BALSAM_LOAD";
    private const string Full = "full";
    private const int Soon = 180;
    private const int Small = 256;

    private static readonly LoadCase[] Cases =
    [
        new("processes", 200, new Bound(Soon, Small), 10_000, new Bound(600, 768)),
        new("tagged", 1_000, new Bound(Soon, Small), 100_000, new Bound(900, 3_072)),
        new("waiters", 100, new Bound(Soon, Small), 1_000, new Bound(300, 1_024)),
        new("fan", 500, new Bound(Soon, Small), 50_000, new Bound(900, 3_072)),
        new("fan-run", 300, new Bound(Soon, Small), 50_000, new Bound(900, 2_048)),
        new("chain", 500, new Bound(Soon, Small), 100_000, new Bound(900, 3_072)),
        new("chain-run", 1_000, new Bound(Soon, Small), 100_000, new Bound(600, 2_048)),
        new("circle", 5_000, new Bound(Soon, Small), 100_000, new Bound(120, 1_024)),
        new("output", 3, new Bound(Soon, Small), 100, new Bound(300, Small)),
        new("forks", 5_000, new Bound(Soon, Small), 20_000, new Bound(Soon, Small)),
        new("forks-in-sessions", 5_000, new Bound(Soon, Small), 20_000, new Bound(Soon, Small)),
        new("silent", 6, new Bound(Soon, Small), 200, new Bound(Soon, Small)),
        new("deaf", 4, new Bound(Soon, Small), 100, new Bound(Soon, Small)),
        new("daemons", 2, new Bound(Soon, Small), 50, new Bound(Soon, Small)),
    ];

    [TestCaseSource(nameof(Quick))]
    public Task A_load_of_a_small_size_stays_within_its_bounds(string scenario, int size, Bound bound) => DemandBoundsAsync(scenario, size, bound);

    [TestCaseSource(nameof(Large))]
    public Task A_load_of_full_size_stays_within_its_bounds(string scenario, int size, Bound bound)
    {
        Assume.That(Environment.GetEnvironmentVariable(SizeVariable), Is.EqualTo(Full), $"Set {SizeVariable}={Full} to run the full sizes.");
        return DemandBoundsAsync(scenario, size, bound);
    }

    // 300 on their way through sockets, 128 in the table: threads wait for the others, and 172 descriptors are left for the host and its starts.
    [Test]
    public async Task A_host_that_may_open_few_descriptors_runs_more_processes_than_that()
    {
        IReadOnlyDictionary<string, double> figures = await LoadHost.RunAsync("processes-short-of-descriptors", 600, new Bound(Soon, Small), descriptors: 300);
        Assert.That(figures["descriptors"], Is.LessThan(300));
    }

    private static IEnumerable<TestCaseData> Quick() => Cases.Select(load => new TestCaseData(load.Scenario, load.Quick, load.QuickBound).SetArgDisplayNames(load.Scenario));

    private static IEnumerable<TestCaseData> Large() => Cases.Select(load => new TestCaseData(load.Scenario, load.Full, load.FullBound).SetArgDisplayNames(load.Scenario));

    private static async Task DemandBoundsAsync(string scenario, int size, Bound bound)
    {
        IReadOnlyDictionary<string, double> figures = await LoadHost.RunAsync(scenario, size, bound);
        Assert.That(figures["peak_mib"], Is.LessThanOrEqualTo(bound.MiB), $"{scenario} {size} took more memory than it may.");
    }
}
