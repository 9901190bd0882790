namespace Balsam.Launch.Packing;

/// <summary>Why a job does not start now.</summary>
/// <remarks>One obstacle is shared by all the jobs that meet it, so that a long queue costs little.</remarks>
public sealed class PackingObstacle
{
    private readonly Func<string> _describe;
    private string? _sentence;

    internal PackingObstacle(PackingObstacleKind kind, Func<string> describe, long? earlierJob = null)
    {
        Kind = kind;
        _describe = describe;
        EarlierJob = earlierJob;
    }

    /// <summary>The kind of the obstacle.</summary>
    public PackingObstacleKind Kind { get; }

    /// <summary>The job that the room is kept for.</summary>
    /// <value>Null unless <see cref="Kind"/> is <see cref="PackingObstacleKind.ReservedForEarlierJob"/>.</value>
    public long? EarlierJob { get; }

    /// <summary>Whether the job can never start on these nodes.</summary>
    public bool IsPermanent => Kind is PackingObstacleKind.TooLargeForAnyNode or PackingObstacleKind.TooFewNodes;

    /// <summary>The obstacle in one sentence.</summary>
    public string Sentence => _sentence ??= _describe();

    /// <summary>Gives the sentence.</summary>
    /// <returns>For example <c>8 cores asked, no node has more than 3 free.</c></returns>
    public override string ToString() => Sentence;
}
