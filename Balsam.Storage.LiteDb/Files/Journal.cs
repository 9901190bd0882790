namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// Small commits, durable at the price of one append each, until <see cref="LiteDbFile"/> has them too. A record is written only once the one before it is
/// durable, so a record that is not whole is the last one, which nobody was told of; one with whole records behind it is damage.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly IFileDevice _device;
    private readonly long _identity;
    private byte[] _buffer = new byte[64 * 1024];
    private long _end;
    private bool _cutPending;

    private Journal(IFileDevice device, long identity, IReadOnlyList<JournalRecord> records, long end, long? behind)
    {
        _device = device;
        _identity = identity;
        Records = records;
        LastBehindEnd = behind;
        _end = end;
        _cutPending = device.Length > end;
    }

    /// <summary>What it held when it was opened, in order.</summary>
    public IReadOnlyList<JournalRecord> Records { get; private set; }

    /// <summary>
    /// The highest event number of a whole record that stands behind the end of <see cref="Records"/>; null when there is none. One that the store file has is left from before the
    /// journal was emptied, and came back in a power cut; a later one was acknowledged, and something before it is damaged.
    /// </summary>
    public long? LastBehindEnd { get; private set; }

    /// <summary>Says whether the file holds nothing, not even what cannot be read.</summary>
    public bool IsEmpty => _end == 0 && !_cutPending;

    /// <summary>Says whether the file is still where it was opened.</summary>
    public bool IsInPlace => _device.IsInPlace;

    /// <summary>The bytes of its records.</summary>
    public long Length => _end;

    /// <summary>Reads the journal of a store file; the caller holds the store's lock.</summary>
    /// <exception cref="StoreFileException">It belongs to another file.</exception>
    public static Journal Open(StorePaths paths, IFileDevice device, long identity)
    {
        byte[] bytes = new byte[device.Length];
        int read = device.Read(bytes, 0);
        List<JournalRecord> records = [];
        int end = ReadRecords(bytes.AsSpan(0, read), records);
        if (end > 0 && (!JournalFormat.TryReadHeader(bytes, out long owner) || owner != identity))
        {
            throw FileRefusals.JournalForeign(paths);
        }

        if (end > 0)
        {
            // A commit that nobody was told of is seen from now on, so it must not vanish later.
            device.Sync();
        }

        return new Journal(device, identity, records, end, FindLast(bytes.AsSpan(0, read), end));
    }

    /// <summary>Says whether a file holds records, whoever they belong to.</summary>
    public static bool HoldsRecords(IFileDevice device)
    {
        byte[] bytes = new byte[device.Length];
        return FindLast(bytes.AsSpan(0, device.Read(bytes, 0)), 0) is not null;
    }

    /// <summary>All whole records of some bytes, whatever stands between them.</summary>
    public static IReadOnlyList<JournalRecord> Salvage(ReadOnlySpan<byte> bytes)
    {
        List<JournalRecord> records = [];
        for (int at = JournalFormat.HeaderSize; at < bytes.Length; at += JournalFormat.Alignment)
        {
            if (JournalFormat.TryRead(bytes[at..]) is { } record)
            {
                records.Add(record);
            }
        }

        return records;
    }

    /// <summary>Appends a commit and returns when it is on stable storage.</summary>
    /// <param name="payload">What is committed.</param>
    /// <param name="previous">The number of the last event before it.</param>
    /// <param name="last">The number of its own last event.</param>
    /// <exception cref="IOException">The disk refused it. The journal has to be opened again before anything else is appended.</exception>
    public void Append(ReadOnlySpan<byte> payload, long previous, long last)
    {
        int start = _end == 0 ? JournalFormat.HeaderSize : 0;
        int size = start + JournalFormat.SizeOf(payload.Length);
        if (_buffer.Length < size)
        {
            _buffer = new byte[Math.Max(size, _buffer.Length * 2)];
        }

        Span<byte> written = _buffer.AsSpan(0, size);
        if (start > 0)
        {
            JournalFormat.WriteHeader(written, _identity);
        }

        Span<byte> record = written[start..];
        payload.CopyTo(record[JournalFormat.RecordHeaderSize..]);
        record[(JournalFormat.RecordHeaderSize + payload.Length)..].Clear();
        JournalFormat.Seal(record, payload.Length, previous, last);
        if (_cutPending)
        {
            _device.SetLength(_end);
            _cutPending = false;
        }

        _device.Write(written, _end);
        _device.Sync();
        _end += size;
    }

    /// <summary>Empties it; what it held is durable elsewhere. Should its old content come back after a power cut, its numbers tell that the store has it.</summary>
    public void Clear()
    {
        Records = [];
        LastBehindEnd = null;
        if (!IsEmpty)
        {
            _device.SetLength(0);
            _end = 0;
            _cutPending = false;
        }
    }

    public void Dispose() => _device.Dispose();

    private static int ReadRecords(ReadOnlySpan<byte> bytes, List<JournalRecord> records)
    {
        if (bytes.Length < JournalFormat.HeaderSize || !JournalFormat.TryReadHeader(bytes, out _))
        {
            return 0;
        }

        int at = JournalFormat.HeaderSize;
        while (at < bytes.Length && JournalFormat.TryRead(bytes[at..]) is { } record && (records.Count == 0 || record.Previous == records[^1].Last))
        {
            records.Add(record);
            at += JournalFormat.SizeOf(record.Payload.Length);
        }

        return records.Count == 0 ? 0 : at;
    }

    // Records stand at multiples of eight; damage in a length must not hide those behind it.
    private static long? FindLast(ReadOnlySpan<byte> bytes, int from)
    {
        long? last = null;
        for (int at = from; at + JournalFormat.RecordHeaderSize <= bytes.Length; at += JournalFormat.Alignment)
        {
            if (JournalFormat.TryRead(bytes[at..]) is { } record)
            {
                last = Math.Max(last ?? 0, record.Last);
            }
        }

        return last;
    }
}
