namespace Balsam.Launch.Cleanup;

/// <summary>What was removed of one job, so far.</summary>
internal sealed class CleanedWorkdir
{
    public long Files { get; set; }

    public long Bytes { get; set; }

    public int Problems { get; set; }

    public string? FirstProblem { get; set; }

    /// <summary>Whether it was ended before everything was looked at.</summary>
    public bool IsCut { get; set; }
}
