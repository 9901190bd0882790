namespace Balsam.Launch.Staging;

/// <summary>An item that waits for a batch, or is in one.</summary>
/// <param name="Job">Whose it is.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Route">Where it goes to, or comes from.</param>
internal sealed record StagedItem(StagedJob Job, string Slot, TransferRoute Route);
