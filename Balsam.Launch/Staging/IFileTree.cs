namespace Balsam.Launch.Staging;

/// <summary>Files by relative or absolute path with <c>/</c>: a workdir, a directory of this machine, a host behind SFTP. What copies between two ends needs nothing else of them.</summary>
/// <remarks>Every failure is a <see cref="TransferException"/>; reading and writing a stream may also fail with an <see cref="IOException"/>, which is taken for a failure for now. It is called for several files at a time.</remarks>
public interface IFileTree : IAsyncDisposable
{
    /// <summary>Whether the files are on this machine, so that reading one costs less than moving it: what is resumed is then proven by its checksum, else by size and version.</summary>
    bool IsLocal { get; }

    /// <summary>Looks for a file or directory; does not follow a link at the end of the path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What is there; null for nothing.</returns>
    Task<FileEntry?> FindAsync(string path, CancellationToken cancellationToken);

    /// <summary>Everything below a directory, each directory before what is in it, in the order of the names.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The entries; their paths begin with <paramref name="path"/>.</returns>
    IAsyncEnumerable<FileEntry> ListAsync(string path, CancellationToken cancellationToken);

    /// <summary>Opens a file to read it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The bytes from there on.</returns>
    Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken);

    /// <summary>Opens a file to write it, and makes it when it is missing. Its directory must be there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">How many of its bytes stay; what is behind them is cut off.</param>
    /// <param name="isExecutable">Whether a file that is made may be executed by those who may read it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Takes the bytes from there on; once it is flushed or disposed they are at the other end.</returns>
    Task<Stream> OpenWriteAsync(string path, long from, bool isExecutable, CancellationToken cancellationToken);

    /// <summary>Renames a file, in place of another one that may have the name.</summary>
    /// <param name="from">The name it has.</param>
    /// <param name="to">The name it gets, in the same directory.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it has the new name only.</returns>
    Task RenameAsync(string from, string to, CancellationToken cancellationToken);

    /// <summary>Makes a directory with those above it, unless it is there.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is there.</returns>
    Task MakeDirectoryAsync(string path, CancellationToken cancellationToken);

    /// <summary>Makes a symbolic link. Its name must be free.</summary>
    /// <param name="path">The link.</param>
    /// <param name="target">What it leads to, relative to the directory of the link.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is there.</returns>
    /// <exception cref="TransferException">The other end knows no links, or refuses it.</exception>
    Task MakeLinkAsync(string path, string target, CancellationToken cancellationToken);

    /// <summary>Removes a file or a link; does nothing when it is not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is gone.</returns>
    Task DeleteAsync(string path, CancellationToken cancellationToken);
}
