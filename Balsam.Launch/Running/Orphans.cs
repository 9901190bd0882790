namespace Balsam.Launch.Running;

/// <summary>Finds processes by their marks, wherever they hang in the process tree, with everything below them, and ends them (Linux; elsewhere finds none).</summary>
/// <remarks>
/// The environment that a process was started with is inherited through any number of forks, also through setsid and after the parent's death; of a process that was started with an emptied
/// one, the limit (<see cref="RunMark"/>) still tells. A search reads one small file a process, and two more of those that carry no mark (about 5 ms per 100 processes).
/// </remarks>
internal static class Orphans
{
    private const int MaximumRounds = 20;

    /// <summary>Stops what is found until nothing new is, ends it, and looks again until a search finds none.</summary>
    /// <param name="marks">What to look for.</param>
    /// <returns>The processes that were ended.</returns>
    public static IReadOnlyList<Orphan> FindAndKill(OrphanMarks marks)
    {
        var ended = new Dictionary<int, Orphan>();
        if (!OperatingSystem.IsLinux() || marks.Ours.Count == 0)
        {
            return [];
        }

        var hunt = new OrphanHunt(marks);
        for (int round = 0; round < MaximumRounds && hunt.StopAll(); round++)
        {
            hunt.EndAll(ended);
        }

        return [.. ended.Values];
    }
}
