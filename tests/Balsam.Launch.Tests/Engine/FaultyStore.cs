using Balsam.Storage;

namespace Balsam.Launch.Tests.Engine;

/// <summary>A store whose news and writes a test can hold up or fail.</summary>
internal sealed class FaultyStore(IJobStore inner, bool owns) : DelegatingJobStore(inner)
{
    private volatile bool _isDeaf;

    /// <summary>While set, a launcher hears no news, not even that its session is over; until it opens another.</summary>
    public bool IsDeaf
    {
        get => _isDeaf;
        set => _isDeaf = value;
    }

    /// <summary>Is called before each write of a launcher; what it throws comes out of the write.</summary>
    public Func<Task> BeforeLauncherCommit { get; set; } = () => Task.CompletedTask;

    /// <summary>Is called after each write of a launcher; what it throws comes out of the write all the same.</summary>
    public Action AfterLauncherCommit { get; set; } = () => { };

    public override async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<JobCommit> commits, CancellationToken cancellationToken)
    {
        bool isLauncher = commits.Any(commit => commit.Lease is not null);
        if (isLauncher)
        {
            await BeforeLauncherCommit();
        }

        IReadOnlyList<CommitResult> results = await base.CommitAsync(commits, cancellationToken);
        if (isLauncher)
        {
            AfterLauncherCommit();
        }

        return results;
    }

    public override async Task<SessionNews> WaitForNewsAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        try
        {
            SessionNews news = await base.WaitForNewsAsync(lease, cancellationToken);
            if (!IsDeaf)
            {
                return news;
            }
        }
        catch (LeaseLostException) when (IsDeaf)
        {
        }

        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        throw new InvalidOperationException();
    }

    public override Task<LauncherSession> OpenSessionAsync(SessionRequest request, CancellationToken cancellationToken)
    {
        IsDeaf = false;
        return base.OpenSessionAsync(request, cancellationToken);
    }

    public override ValueTask DisposeAsync() => owns ? base.DisposeAsync() : ValueTask.CompletedTask;
}
