namespace Balsam.Crash;

/// <summary>An instant at which a host can be killed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="What">What has happened and what has not.</param>
/// <param name="MostPassages">The highest passage that a plan chooses.</param>
/// <param name="MostTicks">The highest tick that a plan chooses; 0 when the instant has none.</param>
public sealed record CrashInstant(string Name, string What, int MostPassages, int MostTicks = 0)
{
    /// <summary>Chooses one of the passages, and a tick.</summary>
    public CrashPlan Choose(Random random) => new(Name, 1 + random.Next(MostPassages), MostTicks == 0 ? 0 : 1 + random.Next(MostTicks));
}
