using System.Collections.Concurrent;

namespace Balsam.Launch.Staging.Http;

/// <summary>Files behind HTTP, to read. What the first request for a file told is what is copied: a server that tells something else later is refused.</summary>
internal sealed class HttpTree(HttpClient client, TimeProvider time, Uri endpoint) : IFileTree
{
    private readonly ConcurrentDictionary<string, HttpFile> _files = new(StringComparer.Ordinal);

    public bool IsLocal => false;

    public async Task<FileEntry?> FindAsync(string path, CancellationToken cancellationToken) => await File(path).FindAsync(cancellationToken).ConfigureAwait(false);

    public Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken) => File(path).OpenAsync(from, cancellationToken);

    public IAsyncEnumerable<FileEntry> ListAsync(string path, CancellationToken cancellationToken) => throw ReadOnly(path);

    public Task<Stream> OpenWriteAsync(string path, long from, bool isExecutable, CancellationToken cancellationToken) => throw ReadOnly(path);

    public Task RenameAsync(string from, string to, CancellationToken cancellationToken) => throw ReadOnly(to);

    public Task MakeDirectoryAsync(string path, CancellationToken cancellationToken) => throw ReadOnly(path);

    public Task MakeLinkAsync(string path, string target, CancellationToken cancellationToken) => throw ReadOnly(path);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => throw ReadOnly(path);

    public ValueTask DisposeAsync()
    {
        foreach (HttpFile file in _files.Values)
        {
            file.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static TransferException ReadOnly(string path) => new($"'{path}' cannot be listed or written: HTTP brings single files in only.", isTransient: false);

    private HttpFile File(string path) => _files.GetOrAdd(path, name => new HttpFile(client, time, name, Locate(name)));

    // A job names a whole URI, or a path below a location.
    private Uri Locate(string path) => path.Contains("://", StringComparison.Ordinal)
        ? new Uri(path)
        : new Uri($"{endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.EscapeDataString))}");
}
