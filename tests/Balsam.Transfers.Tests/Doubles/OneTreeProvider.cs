using Balsam.Launch.Staging;

namespace Balsam.Transfers.Tests.Doubles;

/// <summary>A provider whose other end is the tree it is given.</summary>
internal sealed class OneTreeProvider(IFileTree far, LocalTransferMode mode = LocalTransferMode.Copy) : FileTreeProvider
{
    public override IReadOnlyCollection<string> Schemes { get; } = ["double"];

    private protected override LocalTransferMode Mode => mode;

    protected override Task<IFileTree> OpenAsync(Uri endpoint, CancellationToken cancellationToken) => Task.FromResult(far);
}
