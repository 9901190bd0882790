namespace Balsam.Testing.Simulation;

/// <summary>What a launcher adds to the jobs themselves.</summary>
/// <param name="Start">From RUNNING until the program does its work, and from its end until that is seen: the job holds its place meanwhile.</param>
/// <param name="Finish">From the end of a run, by hooks and the store, until the job has ended and its children can go: its place is free.</param>
public readonly record struct LauncherOverhead(TimeSpan Start, TimeSpan Finish)
{
    /// <summary>None.</summary>
    public static LauncherOverhead None => default;
}
