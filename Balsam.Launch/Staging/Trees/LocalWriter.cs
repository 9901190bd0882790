using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Staging.Trees;

/// <summary>Writes a file of this machine; blocks of nothing but zeros become holes.</summary>
internal sealed class LocalWriter : Stream
{
    private const int Block = 4096;

    private readonly SafeFileHandle _file;
    private long _position;
    private long _written;

    /// <summary>Keeps the first bytes and cuts off what is behind them.</summary>
    public LocalWriter(SafeFileHandle file, long from)
    {
        _file = file;
        _position = from;
        _written = from;

        // A file that is cut to nothing is written to the disk when it is closed (ext4): not to be asked for each new one.
        if (RandomAccess.GetLength(file) != from)
        {
            RandomAccess.SetLength(file, from);
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int zeros = Zeros(buffer);
            if (zeros == 0)
            {
                int data = Data(buffer);
                RandomAccess.Write(_file, buffer[..data], _position);
                _position += data;
                _written = _position;
                buffer = buffer[data..];
            }
            else
            {
                _position += zeros;
                buffer = buffer[zeros..];
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // A hole at the end is there once the file has its length.
        if (_written < _position)
        {
            RandomAccess.SetLength(_file, _position);
            _written = _position;
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Flush();
        return Task.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (!_file.IsClosed)
        {
            try
            {
                Flush();
            }
            finally
            {
                _file.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    // How many bytes at the beginning are whole blocks of zeros.
    private static int Zeros(ReadOnlySpan<byte> buffer)
    {
        int first = buffer.IndexOfAnyExcept((byte)0);
        int zeros = first < 0 ? buffer.Length : first;
        return zeros < Block ? 0 : zeros / Block * Block;
    }

    // How many bytes go before the next block of zeros.
    private static int Data(ReadOnlySpan<byte> buffer)
    {
        int at = 0;
        while (at + Block < buffer.Length)
        {
            at += Block;
            if (buffer[at] == 0 && Zeros(buffer[at..Math.Min(buffer.Length, at + Block)]) > 0)
            {
                return at;
            }
        }

        return buffer.Length;
    }
}
