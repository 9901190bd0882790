using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Staging.Trees;

/// <summary>Reads a file of this machine; its holes are told as zeros without being read.</summary>
internal sealed class LocalReader(SafeFileHandle file, long from) : Stream
{
    // In a file of one block no hole is worth looking for.
    private const int Block = 4096;

    // Where the stretch of data ends that the position is in, or begins that the hole at the position ends with.
    private readonly bool _seesHoles = OperatingSystem.IsLinux();
    private long _position = from;
    private long _dataFrom = from;
    private long _dataTo = from;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_seesHoles && _position >= _dataTo)
        {
            FindData();
        }

        int count = _position < _dataFrom ? ReadHole(buffer) : RandomAccess.Read(file, _seesHoles ? buffer[..(int)Math.Min(buffer.Length, _dataTo - _position)] : buffer, _position);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        file.Dispose();
        base.Dispose(disposing);
    }

    private void FindData()
    {
        int descriptor = (int)file.DangerousGetHandle();
        long end = RandomAccess.GetLength(file);
        if (end <= Block)
        {
            (_dataFrom, _dataTo) = (_position, long.MaxValue);
            return;
        }

        _dataFrom = FileCalls.NextData(descriptor, _position) ?? end;
        _dataTo = _dataFrom < end ? FileCalls.EndOfData(descriptor, _dataFrom) : long.MaxValue;
    }

    private int ReadHole(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, _dataFrom - _position);
        buffer[..count].Clear();
        return count;
    }
}
