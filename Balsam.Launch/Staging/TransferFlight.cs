namespace Balsam.Launch.Staging;

/// <summary>What moves at a time: a batch of items, or the links of one job.</summary>
internal sealed class TransferFlight(TransferRoute? route, TransferDirection direction, StagedJob? linked, IEnumerable<StagedItem> items)
{
    /// <summary>The way of a batch; null for links.</summary>
    public TransferRoute? Route { get; } = route;

    public TransferDirection Direction { get; } = direction;

    /// <summary>The job that gets links; null for a batch.</summary>
    public StagedJob? Linked { get; } = linked;

    /// <summary>The items that have not ended.</summary>
    public Dictionary<(JobId Job, string Slot), StagedItem> Items { get; } = items.ToDictionary(item => (item.Job.Job.Id, item.Slot));

    public CancellationTokenSource Stop { get; } = new();

    /// <summary>Whether nobody waits for it any more.</summary>
    public bool IsForNobody => Linked?.IsDisowned ?? Items.Values.All(item => item.Job.IsDisowned);
}
