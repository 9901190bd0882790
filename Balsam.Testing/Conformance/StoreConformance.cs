using Balsam.Testing.Conformance.Cases;
using Balsam.Testing.Conformance.Linear;
using Balsam.Testing.Conformance.Model;

namespace Balsam.Testing.Conformance;

/// <summary>The store contract as cases. Every store runs all of them, so that a new case reaches every store the day it is written.</summary>
/// <example><code>
/// public sealed class LiteDbConformanceTests
/// {
///     [TestCaseSource(typeof(StoreConformance), nameof(StoreConformance.Cases))]
///     public async Task Store_OfTheContract_Keeps(StoreConformanceCase promise)
///     {
///         await using LiteDbStoreFixture fixture = await LiteDbStoreFixture.OpenAsync();
///         await promise.RunAsync(fixture);
///     }
/// }
/// </code></example>
public static class StoreConformance
{
    private const int ModelSeeds = 12;
    private const int ModelCommands = 150;
    private const int LinearSeeds = 6;
    private const int LinearRounds = 25;

    /// <summary>All cases.</summary>
    public static IReadOnlyList<StoreConformanceCase> Cases { get; } =
    [
        .. AddCases.All, .. KeyCases.All, .. FieldCases.All, .. CommitCases.All, .. EventCases.All, .. ClaimCases.All, .. ClaimTimeCases.All, .. PathCases.All, .. TakeCases.All, .. GraphCases.All, .. LinkCases.All,
        .. ConditionCases.All, .. RestartCases.All, .. TransferCases.All, .. LeaseCases.All, .. LauncherCases.All, .. ApplicationCases.All, .. NewsCases.All, .. DeleteCases.All, .. CascadeCases.All, .. BulkCases.All,
        .. QueryCases.All, .. FilterCases.All, .. ConcurrencyCases.All,
        .. ClosedCases.All, .. ReopenCases.All, .. ModelCases(1, ModelSeeds, ModelCommands), .. LinearCases(1, LinearSeeds, LinearRounds),
    ];

    /// <summary>The cases for a store that keeps nothing once it is closed.</summary>
    public static IReadOnlyList<StoreConformanceCase> VolatileCases { get; } = [.. Cases.Where(promise => !promise.NeedsDurability)];

    /// <summary>Random commands given to the store and to a naive model of the contract, compared after each. For long runs: the suite holds a few.</summary>
    /// <param name="firstSeed">The seed of the first case; the same seed gives the same commands.</param>
    /// <param name="count">How many cases.</param>
    /// <param name="commands">How many commands a case.</param>
    /// <returns>The cases, one a seed.</returns>
    public static IEnumerable<StoreConformanceCase> ModelCases(int firstSeed, int count, int commands) =>
        Enumerable.Range(firstSeed, count).Select(seed => new StoreConformanceCase(
            FormattableString.Invariant($"Model_Seed{seed}_StoreAgreesAfterEachCommand"),
            FormattableString.Invariant($"The store does what a naive model of the contract does ({commands} random commands, seed {seed})."),
            context => new ModelRun(context, seed).RunAsync(commands)));

    /// <summary>
    /// Random commands given to the store by several callers at once: each answer is as if the commands had come one after the other, none before one that had
    /// answered already (linearizable). A query counts as one look at each job, not as one look at all. For long runs: the suite holds a few.
    /// </summary>
    /// <param name="firstSeed">The seed of the first case; the same seed gives the same commands, in an order that is up to the machine.</param>
    /// <param name="count">How many cases.</param>
    /// <param name="rounds">How many rounds a case: after each, the answers must be explained by the model; between them time passes, and a durable store is opened anew.</param>
    /// <returns>The cases, one a seed.</returns>
    public static IEnumerable<StoreConformanceCase> LinearCases(int firstSeed, int count, int rounds) =>
        Enumerable.Range(firstSeed, count).Select(seed => new StoreConformanceCase(
            FormattableString.Invariant($"Linear_Seed{seed}_SomeOrderExplainsAllAnswers"),
            FormattableString.Invariant($"What several callers are answered at once has an order in which a model answers the same ({rounds} rounds, seed {seed})."),
            context => new LinearRun(context, seed).RunAsync(rounds)));
}
