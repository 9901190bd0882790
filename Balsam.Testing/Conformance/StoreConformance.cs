using Balsam.Testing.Conformance.Cases;
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

    /// <summary>All cases.</summary>
    public static IReadOnlyList<StoreConformanceCase> Cases { get; } =
    [
        .. AddCases.All, .. KeyCases.All, .. FieldCases.All, .. CommitCases.All, .. EventCases.All, .. ClaimCases.All, .. ClaimTimeCases.All, .. GraphCases.All, .. LinkCases.All,
        .. ConditionCases.All, .. RestartCases.All, .. LeaseCases.All, .. LauncherCases.All, .. ApplicationCases.All, .. NewsCases.All, .. DeleteCases.All, .. CascadeCases.All, .. BulkCases.All,
        .. QueryCases.All, .. FilterCases.All, .. ConcurrencyCases.All,
        .. ClosedCases.All, .. ReopenCases.All, .. ModelCases(1, ModelSeeds, ModelCommands),
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
}
