namespace Balsam.Testing;

/// <summary>Lets the host's client know what the launcher that runs now knows.</summary>
internal sealed class CurrentInsight(Func<ILauncherInsight?> current) : ILauncherInsight
{
    public SessionId? Session => current()?.Session;

    public string? EndedBecause => current()?.EndedBecause;

    public string? PausedBecause => current()?.PausedBecause;

    public LaunchObstacle? FindObstacle(JobId job) => current()?.FindObstacle(job);
}
