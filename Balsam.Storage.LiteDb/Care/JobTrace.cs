namespace Balsam.Storage.LiteDb.Care;

/// <summary>What the events that could be read say of one job.</summary>
internal sealed class JobTrace
{
    /// <summary>The blocks that hold them.</summary>
    public List<long> Chunks { get; } = [];

    /// <summary>The newest.</summary>
    public JobEvent? Last { get; private set; }

    /// <summary>Whether each follows from the one before, from the first on.</summary>
    public bool IsComplete { get; private set; } = true;

    public void Add(long chunk, JobEvent step)
    {
        if (Chunks.Count == 0 || Chunks[^1] != chunk)
        {
            Chunks.Add(chunk);
        }

        IsComplete &= step.From == (Last?.To ?? JobState.Created);
        Last = step;
    }
}
