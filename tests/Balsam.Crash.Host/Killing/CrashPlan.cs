using System.Globalization;

namespace Balsam.Crash;

/// <summary>When a host is to kill itself.</summary>
/// <param name="Instant">The name of the instant; one of <see cref="CrashInstants"/>, or a word that no instant has.</param>
/// <param name="Count">At which passage of that instant, from 1.</param>
/// <param name="Tick">0: right there. Otherwise which file operation after it, from 1; for an instant on the way to a new process, how many microseconds later.</param>
public sealed record CrashPlan(string Instant, int Count = 1, int Tick = 0)
{
    /// <summary>The host does not kill itself, and goes on giving itself work until somebody else kills it.</summary>
    public const string Never = "random";

    /// <summary>The host gives itself no new work, ends what there is, and stops.</summary>
    public const string Finish = "finish";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static CrashPlan Parse(string text)
    {
        string[] parts = text.Split(':');
        return new CrashPlan(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Instant}:{Count}:{Tick}");
}
