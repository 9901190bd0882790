using System.Globalization;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>The seed of a random test: printed, and taken from the variable BALSAM_TEST_SEED to run the same again.</summary>
internal static class TestSeed
{
    public static Random NewRandom()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("BALSAM_TEST_SEED"), CultureInfo.InvariantCulture, out int given)
            ? given
            : Random.Shared.Next();
        TestContext.Out.WriteLine($"BALSAM_TEST_SEED={seed}");
        return new Random(seed);
    }
}
