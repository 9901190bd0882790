using System.Diagnostics;
using Balsam.Storage;

namespace Balsam.Launch.CrashHost;

/// <summary>A store whose host is killed right before or right after the write that holds what a hook submitted: as kill -9 does, without a word to anybody.</summary>
public sealed class KillingStore(IJobStore inner, bool after) : DelegatingJobStore(inner)
{
    public override async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<JobCommit> commits, CancellationToken cancellationToken)
    {
        bool submits = commits.Any(commit => commit.Lease is not null && commit.Additions.Count > 0);
        if (submits && !after)
        {
            Die();
        }

        IReadOnlyList<CommitResult> results = await base.CommitAsync(commits, cancellationToken);
        if (submits)
        {
            Die();
        }

        return results;
    }

    private static void Die()
    {
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
