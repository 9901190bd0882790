namespace Balsam.Throughput.Applications;

internal sealed class Staged : FunctionApplication<int, int>
{
    public override IReadOnlyList<TransferSlot> TransferSlots => [TransferSlot.In("item", "item")];

    protected override Task<int> Run(int input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input);
}
