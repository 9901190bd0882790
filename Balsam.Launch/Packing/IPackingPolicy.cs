namespace Balsam.Launch.Packing;

/// <summary>Decides which waiting jobs start now, and where.</summary>
/// <remarks>
/// A policy reads no clock, draws no random numbers and does no I/O: equal inventories and candidates give equal plans. A launcher without a
/// wall time asks it when a job has come, or one that ran or waited has gone, and not because time has passed.
/// </remarks>
public interface IPackingPolicy
{
    /// <summary>Places what can start now.</summary>
    /// <param name="inventory">The nodes. What the plan places holds its place in the inventory when the call returns; the caller releases a job that it does not start after all.</param>
    /// <param name="candidates">The jobs that wait, each once, in the order of their submission. All that wait should be given each time: what is kept for a job is kept only as long as it is among them.</param>
    /// <param name="now">The time.</param>
    /// <param name="remainingWallTime">How long the launcher still runs; null for ever.</param>
    /// <returns>What was placed; and for each other candidate, why it was not.</returns>
    PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime);
}
