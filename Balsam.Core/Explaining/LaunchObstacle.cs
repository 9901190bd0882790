namespace Balsam;

/// <summary>What keeps a launcher from starting a job right now, though it has it.</summary>
/// <param name="Text">In words: <c>8 cores asked, no node has more than 3 free.</c></param>
/// <param name="EarlierJob">The job that the room is kept for; null when there is no room at all.</param>
public sealed record LaunchObstacle(string Text, JobId? EarlierJob);
