namespace Balsam.Core.Tests.Submission;

/// <summary>An application with a slot of each kind.</summary>
internal sealed class Carry : ApplicationDefinition
{
    public override CommandTemplate Command => "carry";

    public override IReadOnlyList<TransferSlot> TransferSlots =>
    [
        TransferSlot.In("geometry", "input.xyz") with { Description = "the molecule" },
        TransferSlot.In("basis", ".") with { IsRequired = false },
        TransferSlot.In("extra", ".") with { IsRequired = false },
        TransferSlot.In("tree", "data/tree") with { IsRequired = false, IsRecursive = true },
        TransferSlot.Out("results", "out") with { IsRequired = false, IsRecursive = true },
    ];
}
