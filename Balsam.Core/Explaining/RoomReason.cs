namespace Balsam;

/// <summary>A launcher has the job and finds no room for it right now.</summary>
/// <param name="Launcher">The launcher.</param>
/// <param name="Obstacle">What is missing.</param>
public sealed record RoomReason(LauncherSession Launcher, LaunchObstacle Obstacle) : JobReason
{
    /// <inheritdoc/>
    public override string Text => $"launcher {ReasonWords.Of(Launcher)} has it and waits for room: {Obstacle.Text.TrimEnd('.')}";
}
