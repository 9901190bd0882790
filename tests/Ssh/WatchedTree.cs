using System.Collections.Concurrent;
using Balsam.Launch.Staging;

namespace Balsam.Tests;

/// <summary>A tree that counts what is read and written in it, and does something when so many bytes have gone through.</summary>
internal sealed class WatchedTree(IFileTree inner) : IFileTree
{
    private readonly ConcurrentQueue<(string Path, long From)> _opened = new();
    private readonly ConcurrentDictionary<string, long> _written = new();
    private long _moved;
    private int _done;

    /// <summary>After how many bytes of files, read and written.</summary>
    public long AtByte { get; init; } = long.MaxValue;

    public Action Do { get; init; } = () => { };

    /// <summary>The files that were opened to be read, and from where on.</summary>
    public IEnumerable<(string Path, long From)> Opened => _opened;

    /// <summary>How many bytes were written to files; what transfers note for themselves is not counted.</summary>
    public long Written => _written.Values.Sum();

    public bool IsLocal => inner.IsLocal;

    public long WrittenTo(string path) => _written.Where(file => Path.GetDirectoryName(file.Key) == Path.GetDirectoryName(path)).Sum(file => file.Value);

    public Task<FileEntry?> FindAsync(string path, CancellationToken cancellationToken) => inner.FindAsync(path, cancellationToken);

    public IAsyncEnumerable<FileEntry> ListAsync(string path, CancellationToken cancellationToken) => inner.ListAsync(path, cancellationToken);

    public async Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken)
    {
        _opened.Enqueue((path, from));
        return new WatchedStream(await inner.OpenReadAsync(path, from, cancellationToken), Count);
    }

    public async Task<Stream> OpenWriteAsync(string path, long from, bool isExecutable, CancellationToken cancellationToken)
    {
        Stream stream = await inner.OpenWriteAsync(path, from, isExecutable, cancellationToken);
        return path.Contains(".balsam-transfer-", StringComparison.Ordinal) ? stream : new WatchedStream(stream, count =>
        {
            _written.AddOrUpdate(path, count, (_, before) => before + count);
            Count(count);
        });
    }

    public Task RenameAsync(string from, string to, CancellationToken cancellationToken) => inner.RenameAsync(from, to, cancellationToken);

    public Task MakeDirectoryAsync(string path, CancellationToken cancellationToken) => inner.MakeDirectoryAsync(path, cancellationToken);

    public Task MakeLinkAsync(string path, string target, CancellationToken cancellationToken) => inner.MakeLinkAsync(path, target, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => inner.DeleteAsync(path, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Count(int bytes)
    {
        if (Interlocked.Add(ref _moved, bytes) >= AtByte && Interlocked.Exchange(ref _done, 1) == 0)
        {
            Do();
        }
    }

    private sealed class WatchedStream(Stream inner, Action<int> moved) : Stream
    {
        public override bool CanRead => inner.CanRead;

        public override bool CanSeek => false;

        public override bool CanWrite => inner.CanWrite;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await inner.ReadAsync(buffer, cancellationToken);
            moved(count);
            return count;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            moved(buffer.Length);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
