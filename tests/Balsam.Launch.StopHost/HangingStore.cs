using Balsam.Storage;

namespace Balsam.Launch.StopHost;

/// <summary>A store whose writes of a launcher never come back while a file is there.</summary>
public sealed class HangingStore(IJobStore inner, string file) : DelegatingJobStore(inner)
{
    public override async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<JobCommit> commits, CancellationToken cancellationToken)
    {
        await HangAsync();
        return await base.CommitAsync(commits, cancellationToken);
    }

    public override async Task CloseSessionAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        await HangAsync();
        await base.CloseSessionAsync(lease, cancellationToken);
    }

    private Task HangAsync() => File.Exists(file) ? Task.Delay(Timeout.Infinite) : Task.CompletedTask;
}
