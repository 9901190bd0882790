using Balsam.Launch.Staging;

namespace Balsam.Transfers.Sftp;

/// <summary>Moves files to and from hosts behind SFTP, over one connection for each batch.</summary>
internal sealed class SftpTransferProvider(SftpConnector connector) : FileTreeProvider
{
    public override IReadOnlyCollection<string> Schemes { get; } = ["sftp"];

    protected override async Task<IFileTree> OpenAsync(Uri endpoint, CancellationToken cancellationToken) => await connector.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
}
