using System.Globalization;

namespace Balsam;

/// <summary>How a launcher is, at one instant.</summary>
/// <param name="State">What it is about.</param>
/// <param name="Since">Since when, in UTC; null while it has not started.</param>
/// <param name="Reason">Why it is paused, stops or has ended; null otherwise.</param>
/// <param name="Problem">Of a launcher that failed, why. Of any other, what it meets and tries again: a store that cannot write, a lease that was lost. Null for nothing.</param>
public sealed record LauncherStatus(LauncherState State, DateTimeOffset? Since, string? Reason, Exception? Problem)
{
    /// <summary>Writes the status in a line.</summary>
    /// <returns>For example <c>Paused since 2026-01-01 12:00:00Z: the file server is being repaired</c>.</returns>
    public override string ToString()
    {
        string since = Since is { } instant ? string.Create(CultureInfo.InvariantCulture, $" since {instant:u}") : "";
        string reason = Reason is null ? "" : $": {Reason}";
        return $"{State}{since}{reason}{(Problem is null ? "" : $" ({Problem.Message})")}";
    }
}
