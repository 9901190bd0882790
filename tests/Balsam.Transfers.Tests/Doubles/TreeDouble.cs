using Balsam.Launch.Staging;

namespace Balsam.Transfers.Tests.Doubles;

/// <summary>A tree that passes everything on to another, counts the bytes, and fails where a test says.</summary>
internal sealed class TreeDouble(IFileTree inner) : IFileTree
{
    private long _read;
    private long _written;

    public bool IsLocal { get; init; }

    /// <summary>How many bytes have been read from files of transfers, all tries together.</summary>
    public long Read => Interlocked.Read(ref _read);

    public long Written => Interlocked.Read(ref _written);

    /// <summary>After how many read bytes in all the connection breaks; null for never.</summary>
    public long? CutReadsAt { get; set; }

    /// <summary>After how many written bytes in all the connection breaks; null for never.</summary>
    public long? CutWritesAt { get; set; }

    public bool FailsRenames { get; set; }

    /// <summary>Called before a file is opened to be read.</summary>
    public Action<string> Opening { get; set; } = _ => { };

    /// <summary>Called with every stretch of bytes that was read.</summary>
    public Action<string> Reading { get; set; } = _ => { };

    public Task<FileEntry?> FindAsync(string path, CancellationToken cancellationToken) => inner.FindAsync(path, cancellationToken);

    public IAsyncEnumerable<FileEntry> ListAsync(string path, CancellationToken cancellationToken) => inner.ListAsync(path, cancellationToken);

    public async Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken)
    {
        Opening(path);
        return new CutStream(
            await inner.OpenReadAsync(path, from, cancellationToken),
            count => CutReadsAt is { } cut ? Math.Min(count, cut - Read) : count,
            count =>
            {
                Interlocked.Add(ref _read, count);
                Reading(path);
            });
    }

    public async Task<Stream> OpenWriteAsync(string path, long from, bool isExecutable, CancellationToken cancellationToken) => new CutStream(
        await inner.OpenWriteAsync(path, from, isExecutable, cancellationToken),
        count => CutWritesAt is { } cut ? Math.Min(count, cut - Written) : count,
        count => Interlocked.Add(ref _written, count));

    public Task RenameAsync(string from, string to, CancellationToken cancellationToken) =>
        FailsRenames ? Task.FromException(new TransferException("the connection broke before the rename", isTransient: true)) : inner.RenameAsync(from, to, cancellationToken);

    public Task MakeDirectoryAsync(string path, CancellationToken cancellationToken) => inner.MakeDirectoryAsync(path, cancellationToken);

    public Task MakeLinkAsync(string path, string target, CancellationToken cancellationToken) => inner.MakeLinkAsync(path, target, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => inner.DeleteAsync(path, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
