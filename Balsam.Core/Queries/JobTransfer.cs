namespace Balsam;

/// <summary>A transfer with the job it belongs to.</summary>
/// <param name="Job">The job, as it was when it was read.</param>
/// <param name="Item">The transfer.</param>
public sealed record JobTransfer(Job Job, TransferItem Item)
{
    /// <summary>Writes both on one line.</summary>
    /// <returns>For example <c>job 17 (Relax in study/4), geometry: IN laptop:/a.xyz, PENDING</c>.</returns>
    public override string ToString() => $"job {Job.Id} ({Job.Application} in {Job.Workdir}), {Item.Slot}: {Item.Direction.ToText()} {Item.Remote}, {Item.State.ToText()}";
}
