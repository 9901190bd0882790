using System.Security.Cryptography;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// The log as LiteDB sees it: pages one after the other. On disk they are frames with checksums. Pages are gathered in memory and written
/// together; <see cref="Sync"/> makes them durable.
/// </summary>
/// <remarks>
/// Writing never throws into LiteDB, whose queue would swallow the exception or wait for itself: a failure is kept and thrown by
/// <see cref="Sync"/>, before anything is acknowledged.
/// </remarks>
internal sealed class DurableLogStream : EngineStream
{
    private const int GatheredFrames = 64;

    private readonly IFileDevice _device;
    private readonly long _identity;
    private readonly Action _beforeReset;
    private readonly LogMark _mark;
    private readonly byte[] _gathered = new byte[GatheredFrames * LogFormat.FrameSize];
    private readonly byte[] _frame = new byte[LogFormat.FrameSize];
    private ulong _salt;
    private bool _hasHeader;
    private bool _cutPending;
    private long _frames;
    private long _written;
    private long _durable;
    private Exception? _failure;

    /// <param name="device">The log file.</param>
    /// <param name="scan">What it holds, durable up to its last confirmed frame; what is beyond the last confirmed frame is cut off with the first write.</param>
    /// <param name="identity">The identity of the store file.</param>
    /// <param name="mark">Where it is noted how long the log is.</param>
    /// <param name="beforeReset">Makes the store file durable; called before the log is emptied.</param>
    public DurableLogStream(IFileDevice device, LogScan scan, long identity, LogMark mark, Action beforeReset)
    {
        _device = device;
        _identity = identity;
        _mark = mark;
        _beforeReset = beforeReset;
        HighestPage = scan.HighestPage;
        _hasHeader = scan.Salt is not null;
        _salt = scan.Salt ?? NewSalt();
        _frames = _written = _durable = scan.UsableFrames;
        _cutPending = device.Length > (_frames == 0 ? 0 : LogFormat.PositionOf(_frames));
    }

    public override long Length => Interlocked.Read(ref _frames) * PageFormat.Size;

    /// <summary>The number of pages in the log, durable or not.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>The highest number of a page in the log; -1 for none.</summary>
    public long HighestPage { get; private set; }

    /// <summary>Says whether the newest page ends its transaction, so that the log ends where a commit ended.</summary>
    public bool EndsConfirmed { get; private set; } = true;

    /// <summary>Says whether LiteDB may write now; it must not do so on a thread of its own.</summary>
    public bool WritesAllowed { get; set; }

    /// <summary>Returns when every page written is on stable storage.</summary>
    /// <exception cref="IOException">The disk refused a page or the synchronisation.</exception>
    public void Sync()
    {
        long frames;
        lock (this)
        {
            ThrowIfFailed();
            if (_durable == _frames)
            {
                return;
            }

            WriteGathered();
            frames = _frames;
        }

        _device.Sync();
        _durable = frames;
        _mark.Set(_salt, frames);
    }

    /// <summary>Forgets what is not durable, in memory and as far as possible on disk. Afterwards nothing can be written.</summary>
    public void Abandon(Exception cause)
    {
        lock (this)
        {
            _failure ??= cause;
            try
            {
                _device.SetLength(_durable == 0 ? 0 : LogFormat.PositionOf(_durable));
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                // The frames beyond belong to a commit that threw: it may turn out durable, or is cut off when the log is read again.
            }
        }
    }

    /// <summary>LiteDB asks for this whenever its queue is empty; durability is asked for by <see cref="Sync"/>, once a commit.</summary>
    public override void Flush()
    {
    }

    /// <summary>Empties the log after a checkpoint; no other length is ever asked for.</summary>
    public override void SetLength(long value)
    {
        if (value != 0)
        {
            throw new NotSupportedException("The log is only ever emptied.");
        }

        ThrowIfFailed();
        _beforeReset();
        lock (this)
        {
            _mark.Clear();
            _device.SetLength(0);
            HighestPage = -1;
            _salt = NewSalt();
            _hasHeader = false;
            _cutPending = false;
            _frames = _written = _durable = 0;
        }
    }

    protected override void ReadWhole(Span<byte> buffer, long position)
    {
        long index = Math.DivRem(position, PageFormat.Size, out long offset);
        if (index >= _frames || offset + buffer.Length > PageFormat.Size)
        {
            throw new EndOfStreamException($"Byte {position} is beyond the end of the log.");
        }

        Frame(index).Slice(LogFormat.FrameHeaderSize + (int)offset, buffer.Length).CopyTo(buffer);
    }

    protected override void WriteWhole(ReadOnlySpan<byte> buffer, long position)
    {
        if (_failure is not null)
        {
            return;
        }

        if (!WritesAllowed || buffer.Length != PageFormat.Size || position != Length)
        {
            _failure = new InvalidOperationException(
                $"LiteDB wrote {buffer.Length} bytes at {position} of a log of {Length} bytes{(WritesAllowed ? "." : ", outside a commit.")}");
            return;
        }

        int gathered = (int)(_frames - _written);
        Span<byte> frame = _gathered.AsSpan(gathered * LogFormat.FrameSize, LogFormat.FrameSize);
        buffer.CopyTo(frame[LogFormat.FrameHeaderSize..]);
        LogFormat.SealFrame(frame, _salt, _frames, _durable);
        EndsConfirmed = PageFormat.IsConfirmed(buffer);
        HighestPage = Math.Max(HighestPage, PageFormat.PageId(buffer));
        Interlocked.Increment(ref _frames);
        if (gathered + 1 == GatheredFrames)
        {
            WriteGatheredOrFail();
        }
    }

    private ReadOnlySpan<byte> Frame(long index)
    {
        if (index >= _written)
        {
            return _gathered.AsSpan((int)(index - _written) * LogFormat.FrameSize, LogFormat.FrameSize);
        }

        _device.Read(_frame, LogFormat.PositionOf(index));
        return LogFormat.IsWhole(_frame, _salt, index)
            ? _frame
            : throw new IOException($"Page {index} of the log does not have the content that was written to it.");
    }

    private void WriteGatheredOrFail()
    {
        try
        {
            WriteGathered();
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            _failure = ex;
        }
    }

    private void WriteGathered()
    {
        if (_cutPending || !_hasHeader)
        {
            Prepare();
        }

        int bytes = (int)(_frames - _written) * LogFormat.FrameSize;
        _device.Write(_gathered.AsSpan(0, bytes), LogFormat.PositionOf(_written));
        _written = _frames;
    }

    /// <summary>
    /// Cuts off what is not part of the log and writes the header, durably before any frame: after a power failure old frames must not come
    /// back beside new ones, nor new ones stand behind a header that is not theirs.
    /// </summary>
    private void Prepare()
    {
        if (_cutPending)
        {
            _device.SetLength(_written == 0 ? 0 : LogFormat.PositionOf(_written));
        }

        if (_written == 0)
        {
            Span<byte> header = stackalloc byte[LogFormat.HeaderSize];
            LogFormat.WriteHeader(header, _salt, _identity);
            _device.Write(header, 0);
        }

        _device.Sync();
        _cutPending = false;
        _hasHeader = true;
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private static ulong NewSalt()
    {
        Span<byte> salt = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(salt);
        return BitConverter.ToUInt64(salt);
    }
}
