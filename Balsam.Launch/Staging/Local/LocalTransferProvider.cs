using Balsam.Launch.Staging.Trees;
using Microsoft.Extensions.Options;

namespace Balsam.Launch.Staging.Local;

/// <summary>Locations on this machine (<c>file:///scratch/ada</c>): another disk, a file system that several machines share.</summary>
/// <remarks>
/// A copy shares its blocks with the source where the file system can (reflink); else holes stay holes, and blocks of zeros become some. A file keeps its right to be executed; the rest of its permissions are those of new files. The directory of the
/// location may itself be a symbolic link; links below it are not followed.
/// </remarks>
/// <param name="options">Says how files go.</param>
internal sealed class LocalTransferProvider(IOptions<TransferOptions> options) : FileTreeProvider
{
    private readonly LocalTransferMode _mode = options.Value.LocalMode;

    public override IReadOnlyCollection<string> Schemes { get; } = [Uri.UriSchemeFile];

    private protected override LocalTransferMode Mode => _mode;

    protected override Task<IFileTree> OpenAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        string directory = endpoint.LocalPath;
        return endpoint is not { IsFile: true, IsUnc: false }
            ? Task.FromException<IFileTree>(new TransferException($"'{endpoint}' is no directory of this machine. Write file:///absolute/path.", isTransient: false))
            : Directory.Exists(directory)
                ? Task.FromResult<IFileTree>(new DiskTree(directory, WorkdirAccess.Everyone))
                : Task.FromException<IFileTree>(new TransferException($"The directory '{directory}' of the location is not there. Mount it, or make it; it is tried again.", isTransient: true));
    }
}
