using System.Globalization;
using Balsam.Launch.Packing;

namespace Balsam.Testing.Simulation;

/// <summary>
/// Plays a campaign through without running anything: the launcher's packer, claims, rules for parents and retries, on nodes, run times and failures as given. It says how long
/// the campaign takes and what becomes of the node-hours, before they are spent.
/// </summary>
/// <example><code>
/// var simulator = new CampaignSimulator(jobs, new SimulationOptions { Allocations = [SimulatedAllocation.Of(count: 100, cores: 64, gpus: 4)] });
/// Console.WriteLine(simulator.Forecast());
/// </code></example>
public sealed class CampaignSimulator
{
    private readonly CampaignGraph _graph;

    /// <summary>Takes a campaign.</summary>
    /// <param name="jobs">The jobs, in the order of their submission.</param>
    /// <param name="options">Where and how they run.</param>
    /// <exception cref="ArgumentException">A request is unsound, a parent is not among the jobs or is named twice, or the parents form a circle; there are no allocations, or one of them, or the failures of nodes, has a time that makes no sense.</exception>
    public CampaignSimulator(IReadOnlyList<SimulatedJob> jobs, SimulationOptions options)
        : this(new CampaignGraph(Demand(jobs)), options)
    {
    }

    private CampaignSimulator(CampaignGraph graph, SimulationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _graph = graph;
        Options = Checked(options);
    }

    /// <summary>Where and how the jobs run.</summary>
    public SimulationOptions Options { get; }

    /// <summary>Simulates the campaign once.</summary>
    /// <param name="seed">Decides what is drawn: equal seeds give equal campaigns. A job's run draws the same whatever the nodes and the policy, so that these can be compared.</param>
    /// <param name="cancellationToken">Cancels the simulation.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="InvalidOperationException">A job has no run time, or is cut off again and again.</exception>
    public SimulatedCampaign Run(int seed = 0, CancellationToken cancellationToken = default) => new CampaignSimulation(_graph, Options, seed).Run(cancellationToken);

    /// <summary>Simulates the campaign with several seeds, beginning with 0.</summary>
    /// <param name="seeds">How many, at least 1.</param>
    /// <param name="cancellationToken">Cancels the forecast.</param>
    /// <returns>What the campaign is expected to take.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="seeds"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">A job has no run time, or is cut off again and again.</exception>
    public CampaignForecast Forecast(int seeds = 20, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        var quick = new CampaignSimulator(_graph, Options with { KeepHistory = false });
        (int Seed, SimulatedCampaign.Summary Summary, CampaignUse Use)[] all =
            [.. Enumerable.Range(0, seeds).Select(seed => quick.Run(seed, cancellationToken)).Select(campaign => (campaign.Seed, campaign.ToSummary(), campaign.Use))];
        int typical = all.OrderBy(campaign => campaign.Summary.Makespan).ElementAt((seeds - 1) / 2).Seed;
        return new CampaignForecast(Run(typical, cancellationToken), [.. all.Select(campaign => (campaign.Summary, campaign.Use))]);
    }

    /// <summary>Forecasts the campaign under each combination of policies, node counts and wall times.</summary>
    /// <param name="policies">Packers by name; null for the one of the options.</param>
    /// <param name="nodeCounts">How many nodes each allocation has: the first of those in the options, or more of the last kind; null for as many as there are.</param>
    /// <param name="wallTimes">The wall times of the allocations, which then follow each other until the campaign is done; null for those of the options.</param>
    /// <param name="seeds">How many simulations of each combination, at least 1.</param>
    /// <param name="cancellationToken">Cancels the comparison.</param>
    /// <returns>The table.</returns>
    /// <exception cref="ArgumentException">A node count is below 1, or a wall time is not longer than zero.</exception>
    public CampaignComparison Compare(
        IReadOnlyDictionary<string, IPackingPolicy>? policies = null,
        IReadOnlyList<int>? nodeCounts = null,
        IReadOnlyList<TimeSpan>? wallTimes = null,
        int seeds = 5,
        CancellationToken cancellationToken = default)
    {
        policies ??= new Dictionary<string, IPackingPolicy> { [Options.Policy.GetType().Name] = Options.Policy };
        List<ComparisonRow> rows = [];
        foreach ((string name, IPackingPolicy policy) in policies)
        {
            foreach (int? nodes in Axis(nodeCounts))
            {
                foreach (TimeSpan? wallTime in Axis(wallTimes))
                {
                    SimulationOptions options = Options with { Policy = policy, Allocations = [.. Options.Allocations.Select(allocation => allocation.Resized(nodes, wallTime))], KeepHistory = false };
                    rows.Add(new ComparisonRow(name, options.Allocations[0].Nodes.Count, options.Allocations[0].WallTime, new CampaignSimulator(_graph, options).Forecast(seeds, cancellationToken)));
                }
            }
        }

        return new CampaignComparison(rows);

        static IEnumerable<T?> Axis<T>(IReadOnlyList<T>? values)
            where T : struct => values is null ? [null] : values.Select(value => (T?)value);
    }

    private static IReadOnlyList<SimulatedJob> Demand(IReadOnlyList<SimulatedJob> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return jobs;
    }

    private static SimulationOptions Checked(SimulationOptions options)
    {
        string? problem = options switch
        {
            { Allocations.Count: 0 } => "There are no allocations; give at least one.",
            { NodeFailures: { } failures } when failures.MeanTimeBetween <= TimeSpan.Zero || failures.Repair < TimeSpan.Zero =>
                string.Create(CultureInfo.InvariantCulture, $"Nodes that fail every {failures.MeanTimeBetween} and are repaired in {failures.Repair} make no sense."),
            _ when options.Overhead.Start < TimeSpan.Zero || options.Overhead.Finish < TimeSpan.Zero => "An overhead is negative.",
            _ => options.Allocations.Select(WhyUnsound).FirstOrDefault(reason => reason is not null),
        };
        return problem is null ? options : throw new ArgumentException(problem, nameof(options));
    }

    private static string? WhyUnsound(SimulatedAllocation allocation) =>
        allocation.WallTime <= TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"The wall time of an allocation is {allocation.WallTime}; it must be longer than zero, or null.")
        : allocation.QueueWait < TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"The queue wait of an allocation is {allocation.QueueWait}; it must not be negative.")
        : allocation.Repeats < 1 ? string.Create(CultureInfo.InvariantCulture, $"An allocation comes {allocation.Repeats} times; it must come at least once.")
        : null;
}
