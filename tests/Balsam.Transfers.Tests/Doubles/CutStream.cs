namespace Balsam.Transfers.Tests.Doubles;

/// <summary>Moves bytes as long as it may, then breaks.</summary>
/// <param name="inner">The bytes.</param>
/// <param name="allowed">How many of so many bytes may still move.</param>
/// <param name="moved">Told how many have.</param>
internal sealed class CutStream(Stream inner, Func<int, long> allowed, Action<int> moved) : Stream
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
        int most = Allowed(buffer.Length);
        int count = await inner.ReadAsync(buffer[..most], cancellationToken);
        moved(count);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int most = Allowed(buffer.Length);
            await inner.WriteAsync(buffer[..most], cancellationToken);
            moved(most);
            buffer = buffer[most..];
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }

    private int Allowed(int count) => (int)allowed(count) is > 0 and var most ? most : throw new IOException("the connection broke");
}
