using System.Globalization;

namespace Balsam;

/// <summary>How instants are kept: UTC, to the millisecond, so that every store gives back what was put in.</summary>
public static class Instants
{
    /// <summary>Rounds an instant down to the millisecond and makes it UTC.</summary>
    /// <param name="instant">The instant.</param>
    /// <returns>The instant as it is stored.</returns>
    public static DateTimeOffset ToStoredInstant(this DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    /// <summary>Writes an instant in ISO 8601, UTC, with milliseconds.</summary>
    internal static string ToText(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
