using System.Globalization;

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
    public SimulatedCampaign Run(int seed = 0, CancellationToken cancellationToken = default) => new Simulation(_graph, Options, seed).Run(cancellationToken);

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
