namespace Balsam;

/// <summary>What a launcher of this process knows beyond what it tells the store. Explanations are exact with it, and right without.</summary>
public interface ILauncherInsight
{
    /// <summary>Its session; null before it has begun.</summary>
    SessionId? Session { get; }

    /// <summary>Why the launcher takes no more jobs; null while it does.</summary>
    string? EndedBecause { get; }

    /// <summary>Why the launcher is paused: it claims and starts nothing until it is told to go on; null while it is not.</summary>
    string? PausedBecause { get; }

    /// <summary>Says why a job that the launcher has does not start right now.</summary>
    /// <param name="job">The job.</param>
    /// <returns>The obstacle; null when there is none.</returns>
    LaunchObstacle? FindObstacle(JobId job);
}
