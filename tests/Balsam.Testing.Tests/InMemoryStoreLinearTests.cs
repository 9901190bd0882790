using Balsam.Testing.Conformance;

namespace Balsam.Testing.Tests;

/// <summary>
/// Concurrent commands against the model, for as many seeds as <c>BALSAM_MODEL_SEEDS</c> says (4 unless set) from <c>BALSAM_MODEL_FIRST_SEED</c> on (1000 unless set),
/// each of <c>BALSAM_MODEL_ROUNDS</c> rounds (25 unless set). A failure names its seed.
/// </summary>
public sealed class InMemoryStoreLinearTests
{
    [TestCaseSource(nameof(Cases))]
    public async Task InMemoryStore_CommandedByManyAtOnce_AnswersAsIfOneAfterTheOther(StoreConformanceCase promise)
    {
        await using InMemoryStoreFixture fixture = await InMemoryStoreFixture.OpenAsync();
        await promise.RunAsync(fixture);
    }

    private static IEnumerable<StoreConformanceCase> Cases => StoreConformance.LinearCases(Number("BALSAM_MODEL_FIRST_SEED", 1000), Number("BALSAM_MODEL_SEEDS", 4), Number("BALSAM_MODEL_ROUNDS", 25));

    private static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : otherwise;
}
