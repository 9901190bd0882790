using System.Globalization;

namespace Balsam;

/// <summary>Numbers, names and durations as reasons write them.</summary>
internal static class ReasonWords
{
    private static readonly TimeSpan LeastInMinutes = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LeastInHours = TimeSpan.FromHours(10);

    public static string Of(LauncherSession launcher) => string.Create(CultureInfo.InvariantCulture, $"{launcher.Request.Host}:{launcher.Request.ProcessId}");

    public static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    public static string List(IReadOnlyCollection<JobId> first, int count) => string.Join(", ", first) + (count > first.Count ? ", …" : "");

    /// <summary>What is needed, rounded up, and what is left, rounded down, in the same unit: the second never looks as long as the first when it is not.</summary>
    public static (string Needs, string Left) Durations(TimeSpan needs, TimeSpan left)
    {
        (TimeSpan unit, string name) = needs < LeastInMinutes ? (TimeSpan.FromSeconds(1), "second")
            : needs < LeastInHours ? (TimeSpan.FromMinutes(1), "minute")
            : (TimeSpan.FromHours(1), "hour");
        return (Count((long)Math.Ceiling(needs / unit), name), Count((long)Math.Floor(left / unit), name));
    }
}
