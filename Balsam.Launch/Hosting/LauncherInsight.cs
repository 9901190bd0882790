using Balsam.Launch.Packing;

namespace Balsam.Launch.Hosting;

/// <summary>What this host's launcher shows of itself to explanations. The launcher writes it on its turns; anybody reads it.</summary>
internal sealed class LauncherInsight : ILauncherInsight
{
    private volatile LauncherSession? _session;
    private volatile IReadOnlyList<WaitingCandidate> _waiting = [];
    private volatile HeldBack _heldBack = new([], null);
    private volatile string? _endedBecause;

    public SessionId? Session => _session?.Token.Session;

    public string? EndedBecause
    {
        get => _endedBecause;
        set => _endedBecause = value;
    }

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

    public void Begin(LauncherSession session) => _session = session;

    public void Show(IReadOnlyList<WaitingCandidate> waiting) => _waiting = waiting;

    private sealed record HeldBack(IReadOnlyList<JobId> Jobs, JobId? Behind);
}
