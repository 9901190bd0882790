using System.Globalization;

namespace Balsam.Crash.Tests;

/// <summary>How much to kill, and by which choices. BALSAM_CRASH_KILLS and BALSAM_CRASH_SEED say otherwise than the defaults.</summary>
internal static class CrashSettings
{
    private const int DefaultKills = 180;

    /// <summary>How many kills of campaigns at least. Default: 180; with those in migrations it is more than 200.</summary>
    public static int Kills { get; } = Number("BALSAM_CRASH_KILLS") ?? DefaultKills;

    /// <summary>The seed of every choice. Default: another one each time; the test prints it. How fast the processes run is no choice: the same seed does not hit the same microsecond.</summary>
    public static int Seed { get; } = Number("BALSAM_CRASH_SEED") ?? Random.Shared.Next(1_000_000);

    private static int? Number(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
