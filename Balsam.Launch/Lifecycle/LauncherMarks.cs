using Balsam.Launch.Running;

namespace Balsam.Launch.Lifecycle;

/// <summary>By what the processes of a site's launchers are known that are no more: nobody watches them, and their jobs may run again.</summary>
internal static class LauncherMarks
{
    // A process that has emptied its environment and outlived this many launchers is not known any more: of all that ever were, one might resemble a stranger.
    private const int SessionsByLimit = 64;

    /// <summary>The marks of every process that a launcher of the site has started, but for those of launchers that are alive.</summary>
    /// <param name="marker">What the site's launchers write into <see cref="RunEnvironment.MarkerVariable"/>.</param>
    /// <param name="site">The site.</param>
    /// <param name="known">The launchers that the store remembers.</param>
    /// <param name="alive">Those that are alive.</param>
    public static OrphanMarks OfTheDead(string marker, SiteName site, IReadOnlyList<LauncherRecord> known, IReadOnlyList<LauncherSession> alive)
    {
        HashSet<SessionId> living = [.. alive.Select(session => session.Token.Session)];
        SessionId[] dead = [.. known.Where(record => record.Site == site).Select(record => record.Token.Session).Where(session => !living.Contains(session))];
        HashSet<string> names = new(dead.Select(session => session.ToString()), StringComparer.Ordinal);
        HashSet<string> others = new(living.Select(session => session.ToString()), StringComparer.Ordinal);
        HashSet<uint> numbers = [.. dead.TakeLast(SessionsByLimit).Select(RunMark.NumberOf)];
        numbers.ExceptWith(living.Select(RunMark.NumberOf));
        return new OrphanMarks
        {
            Ours = [new EnvironmentMark(RunEnvironment.MarkerVariable, value => value == marker), new EnvironmentMark(RunEnvironment.SessionVariable, names.Contains)],
            Others = new EnvironmentMark(RunEnvironment.SessionVariable, others.Contains),
            OurLimit = limit => RunMark.SessionIn(limit) is { } number && numbers.Contains(number),
        };
    }
}
