using System.Globalization;

namespace Balsam.Launch.Tests.Packing;

/// <summary>How often a property is tried: as often as the test says, or the percentage of that which <c>BALSAM_PROPERTY_PERCENT</c> says: more for a long search, less for mutation testing, where each test runs hundreds of times.</summary>
internal static class PropertyRuns
{
    private static readonly long Percent = long.TryParse(Environment.GetEnvironmentVariable("BALSAM_PROPERTY_PERCENT"), CultureInfo.InvariantCulture, out long percent) ? percent : 100;

    public static long Of(long usual) => Math.Max(1, usual * Percent / 100);
}
