using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Balsam;

/// <summary>The launchers that are alive at one instant, and which jobs they will never run.</summary>
internal sealed class LiveLaunchers
{
    private static readonly JobStateSet BeforeRun = JobStateSet.Of(JobState.Created, JobState.Ready, JobState.StagedIn, JobState.Preprocessed, JobState.RestartReady);

    private readonly DateTimeOffset _now;
    private readonly Dictionary<SiteName, Launcher[]> _launchers;
    private readonly string? _endedBecause;
    private readonly Dictionary<SessionId, string> _paused = [];
    private readonly Dictionary<SiteName, ImmutableArray<JobReason>> _unserved = [];
    private readonly Dictionary<(SiteName, ApplicationName), JobReason> _unknown = [];

    /// <param name="sessions">The sessions with unexpired leases.</param>
    /// <param name="insights">The launchers of this process.</param>
    /// <param name="now">The instant.</param>
    public LiveLaunchers(IReadOnlyList<LauncherSession> sessions, IReadOnlyCollection<ILauncherInsight> insights, DateTimeOffset now)
    {
        _now = now;
        _endedBecause = insights.Select(insight => insight.EndedBecause).FirstOrDefault(reason => reason is not null);
        foreach (ILauncherInsight insight in insights)
        {
            if (insight is { Session: { } session, PausedBecause: { } because })
            {
                _paused[session] = because;
            }
        }

        HashSet<SessionId?> ended = [.. insights.Where(insight => insight.EndedBecause is not null).Select(insight => insight.Session)];
        _launchers = sessions.Where(session => !ended.Contains(session.Token.Session))
            .GroupBy(session => session.Request.Site).ToDictionary(site => site.Key, site => site.Select(session => new Launcher(session)).ToArray());
    }

    public bool Contains(LauncherSession session) =>
        _launchers.TryGetValue(session.Request.Site, out Launcher[]? launchers) && launchers.Any(launcher => launcher.Session.Token == session.Token);

    /// <summary>Why no launcher that is alive will ever run a job, a reason a kind.</summary>
    /// <returns>The reasons; empty when a launcher will run it.</returns>
    public ImmutableArray<JobReason> Refusals(Job job)
    {
        if (job.State.IsFinal())
        {
            return [];
        }

        if (!_launchers.TryGetValue(job.Site, out Launcher[]? launchers))
        {
            return Unserved(job.Site);
        }

        if (job.State == JobState.Running)
        {
            return [];
        }

        List<JobReason>? refusals = null;
        foreach (Launcher launcher in launchers)
        {
            if (Refusal(job, launcher) is not { } refusal)
            {
                return [];
            }

            (refusals ??= []).Add(refusal);
        }

        return Combine(refusals!);
    }

    /// <summary>Which pause keeps a job waiting that a launcher would take.</summary>
    /// <returns>The reason; null when none of its launchers is alive, or one is not paused.</returns>
    public PausedReason? FindPause(Job job)
    {
        if (_paused.Count == 0 || job.State.IsFinal() || job.State == JobState.Running || !_launchers.TryGetValue(job.Site, out Launcher[]? launchers))
        {
            return null;
        }

        Launcher[] takers = [.. launchers.Where(launcher => Refusal(job, launcher) is null)];
        return takers.Length > 0 && takers.All(launcher => _paused.ContainsKey(launcher.Session.Token.Session))
            ? new PausedReason(takers[0].Session, _paused[takers[0].Session.Token.Session])
            : null;
    }

    /// <summary>Why a launcher will not run a job.</summary>
    public JobReason? Refusal(Job job, LauncherSession by) => Refusal(job, _launchers[by.Request.Site].First(launcher => launcher.Session.Token == by.Token));

    /// <summary>The applications that live launchers of a site run.</summary>
    public IEnumerable<ApplicationName> ApplicationsAt(SiteName site) => _launchers.TryGetValue(site, out Launcher[]? launchers) ? launchers.SelectMany(launcher => launcher.Applications).Distinct() : [];

    private JobReason? Refusal(Job job, Launcher launcher)
    {
        if (!launcher.Applications.Contains(job.Application))
        {
            if (!_unknown.TryGetValue((job.Site, job.Application), out JobReason? unknown))
            {
                _unknown.Add((job.Site, job.Application), unknown = new ApplicationReason(
                    job.Application, [.. _launchers[job.Site].Where(other => !other.Applications.Contains(job.Application)).Select(other => other.Session)]));
            }

            return unknown;
        }

        if (!launcher.Session.Request.Filter.Matches(job))
        {
            return launcher.Filtered;
        }

        if (!BeforeRun.Contains(job.State))
        {
            return null;
        }

        if (!launcher.Shortages.TryGetValue(job.Resources, out RequestTooLargeReason? tooLarge))
        {
            tooLarge = NodeRequests.FindShortage(launcher.Session.Request.Nodes, job.Resources) is { } shortage ? new RequestTooLargeReason(launcher.Session, shortage) : null;
            launcher.Shortages.Add(job.Resources, tooLarge);
        }

        return tooLarge ?? (launcher.Session.Request.EndsAt - _now is { } left && job.Resources is { IsInterruptible: false, WallTime: { } needs } && needs > left
            ? new WallTimeReason(launcher.Session, needs, left > TimeSpan.Zero ? left : TimeSpan.Zero)
            : (JobReason?)null);
    }

    // Of one kind, the launcher that comes closest speaks for the others; filters differ, each speaks for itself.
    private static ImmutableArray<JobReason> Combine(List<JobReason> refusals) =>
    [
        .. refusals.OfType<ApplicationReason>().Take(1),
        .. refusals.OfType<FilterReason>(),
        .. refusals.OfType<RequestTooLargeReason>().OrderByDescending(reason => reason.Shortage.Largest).Take(1),
        .. refusals.OfType<WallTimeReason>().OrderByDescending(reason => reason.Left).Take(1),
    ];

    private ImmutableArray<JobReason> Unserved(SiteName site)
    {
        if (!_unserved.TryGetValue(site, out ImmutableArray<JobReason> reason))
        {
            _unserved.Add(site, reason = [new NoLauncherReason(site, [.. _launchers.Keys.OrderBy(served => served.Value, StringComparer.Ordinal)], _endedBecause)]);
        }

        return reason;
    }

    private sealed class Launcher(LauncherSession session)
    {
        public LauncherSession Session => session;

        public FrozenSet<ApplicationName> Applications { get; } = session.Request.Applications.ToFrozenSet();

        public FilterReason Filtered { get; } = new(session);

        public Dictionary<JobResources, RequestTooLargeReason?> Shortages { get; } = [];
    }
}
