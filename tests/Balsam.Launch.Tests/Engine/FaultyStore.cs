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

    /// <summary>Is called after each read of jobs by number, before the reader gets them.</summary>
    public Func<IReadOnlyList<Job>, Task> AfterFind { get; set; } = _ => Task.CompletedTask;

    /// <summary>Is called whenever a launcher asks for news: what it was told before, it has noted.</summary>
    public Action Listening { get; set; } = () => { };

    /// <summary>Is called after a launcher has given jobs back.</summary>
    public Action<IReadOnlyList<JobId>> AfterRelease { get; set; } = _ => { };

    /// <summary>Is called before each renewal of a lease; what it throws comes out of it.</summary>
    public Func<CancellationToken, Task> BeforeRenew { get; set; } = _ => Task.CompletedTask;

    /// <summary>Is called before each recovery of what other launchers have lost; what it throws comes out of it.</summary>
    public Func<Task> BeforeRecover { get; set; } = () => Task.CompletedTask;

    /// <summary>Is called before a launcher opens a session; what it throws comes out of it.</summary>
    public Action BeforeOpenSession { get; set; } = () => { };

    /// <summary>Is called before a session is closed.</summary>
    public Func<Task> BeforeClose { get; set; } = () => Task.CompletedTask;

    /// <summary>Is called before each claim; what it throws comes out of the claim.</summary>
    public Func<Task> BeforeClaim { get; set; } = () => Task.CompletedTask;

    public override async Task RenewAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        await BeforeRenew(cancellationToken);
        await base.RenewAsync(lease, cancellationToken);
    }

    public override async Task<IReadOnlyList<JobId>> RecoverAsync(SiteName site, CancellationToken cancellationToken)
    {
        await BeforeRecover();
        return await base.RecoverAsync(site, cancellationToken);
    }

    public override async Task<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        await BeforeClaim();
        return await base.ClaimAsync(request, cancellationToken);
    }

    public override async Task CloseSessionAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        await BeforeClose();
        await base.CloseSessionAsync(lease, cancellationToken);
    }

    public override async Task ReleaseAsync(LeaseToken lease, IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        await base.ReleaseAsync(lease, ids, cancellationToken);
        AfterRelease(ids);
    }

    public override async Task<IReadOnlyList<Job>> FindAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        IReadOnlyList<Job> found = await base.FindAsync(ids, cancellationToken);
        await AfterFind(found);
        return found;
    }

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
        Listening();
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
        BeforeOpenSession();
        return base.OpenSessionAsync(request, cancellationToken);
    }

    public override ValueTask DisposeAsync() => owns ? base.DisposeAsync() : ValueTask.CompletedTask;
}
