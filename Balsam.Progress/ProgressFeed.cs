namespace Balsam;

/// <summary>The newest progress, and a wait for a newer one.</summary>
internal sealed class ProgressFeed
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CampaignProgress? _latest;

    public CampaignProgress? Latest
    {
        get
        {
            lock (_gate)
            {
                return _latest;
            }
        }
    }

    public void Publish(CampaignProgress progress)
    {
        lock (_gate)
        {
            _latest = progress;
            _came.TrySetResult();
            _came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits until there is progress other than the one known.</summary>
    public async Task<CampaignProgress> NextAsync(CampaignProgress? known, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task came;
            lock (_gate)
            {
                if (_latest is { } latest && !ReferenceEquals(latest, known))
                {
                    return latest;
                }

                came = _came.Task;
            }

            await came.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
