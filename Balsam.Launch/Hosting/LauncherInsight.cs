using Balsam.Launch.Lifecycle;
using Balsam.Launch.Packing;
using Balsam.Storage;

namespace Balsam.Launch.Hosting;

/// <summary>What this host's launcher shows of itself to explanations, to its control and to health checks. The launcher writes it on its turns; anybody reads it.</summary>
internal sealed class LauncherInsight(TimeProvider time) : ILauncherInsight
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private readonly Exception?[] _troubles = new Exception?[Enum.GetValues<LauncherLoop>().Length];
    private volatile LauncherSession? _session;
    private volatile IReadOnlyList<WaitingCandidate> _waiting = [];
    private volatile HeldBack _heldBack = new([], null);
    private volatile LauncherStatus _status = new(LauncherState.NotStarted, null, null, null);
    private volatile string? _endedBecause;
    private volatile string? _pausedBecause;
    private long _storeAskedAt;

    public SessionId? Session => _session?.Token.Session;

    public string? EndedBecause => _endedBecause;

    public string? PausedBecause => _pausedBecause;

    /// <summary>How the launcher is. A store that has kept it waiting for long is a problem, too.</summary>
    public LauncherStatus Status => _status is { Problem: null } status && FindTrouble() is { } trouble ? status with { Problem = trouble } : _status;

    // Looked for only when somebody asks: the launcher shows its list at every turn.
    public LaunchObstacle? FindObstacle(JobId job)
    {
        foreach (WaitingCandidate waiting in _waiting)
        {
            if (waiting.Candidate.Id == job.Value)
            {
                return new LaunchObstacle(waiting.Obstacle.Sentence, waiting.Obstacle.EarlierJob is { } earlier ? new JobId(earlier) : null);
            }
        }

        return _heldBack.Jobs.Contains(job) && _heldBack.Behind is { } other
            ? new LaunchObstacle($"it lost its launcher as often as the crash limit allows, as job {other} did: such jobs run one at a time", other)
            : null;
    }

    public void ShowHeldBack(IReadOnlyList<JobId> jobs, JobId? behind) => _heldBack = new HeldBack(jobs, behind);

    public void Begin(LauncherSession session)
    {
        _session = session;
        if (_status.State == LauncherState.NotStarted)
        {
            Become(LauncherState.Running);
        }
    }

    public void Show(IReadOnlyList<WaitingCandidate> waiting) => _waiting = waiting;

    public void Pause(string reason)
    {
        _pausedBecause = reason;
        Become(LauncherState.Paused, reason);
    }

    public void Resume()
    {
        _pausedBecause = null;
        Become(LauncherState.Running);
    }

    public void Stop(string reason)
    {
        _endedBecause = reason;
        _pausedBecause = null;
        Become(LauncherState.Stopping, reason);
    }

    public void End() => Become(LauncherState.Ended, _endedBecause);

    public void Fail(Exception exception)
    {
        _endedBecause ??= "the launcher failed";
        _status = new LauncherStatus(LauncherState.Failed, time.GetUtcNow(), _endedBecause, exception);
    }

    /// <summary>Says what a loop meets and tries again; null when it is over.</summary>
    public void Meet(LauncherLoop loop, Exception? trouble) => Volatile.Write(ref _troubles[(int)loop], trouble);

    /// <summary>Says that the launcher waits for the store, or no longer.</summary>
    public void WaitForStore(bool waits) => Volatile.Write(ref _storeAskedAt, waits ? time.GetTimestamp() : 0);

    private void Become(LauncherState state, string? reason = null) => _status = new LauncherStatus(state, time.GetUtcNow(), reason, null);

    private Exception? FindTrouble()
    {
        for (int i = 0; i < _troubles.Length; i++)
        {
            if (Volatile.Read(ref _troubles[i]) is { } trouble)
            {
                return trouble;
            }
        }

        return Volatile.Read(ref _storeAskedAt) is var asked && asked != 0 && time.GetElapsedTime(asked) is var silence && silence > LongestSilence
            ? new StoreException(StoreErrorKind.Unavailable, FormattableString.Invariant($"The store has not answered for {silence.TotalSeconds:F0} seconds; look at the disk, or the server, that it is on."))
            : null;
    }

    private sealed record HeldBack(IReadOnlyList<JobId> Jobs, JobId? Behind);
}
