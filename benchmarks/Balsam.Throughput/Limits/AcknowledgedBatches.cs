using Balsam.Storage.LiteDb.Files;

namespace Balsam.Throughput.Limits;

/// <summary>Notes where each small durable write of a store ended: the store itself puts many of them together later, and what it acknowledged one by one would not be known.</summary>
internal sealed class AcknowledgedBatches
{
    private readonly HashSet<long> _ends = [];

    /// <summary>Options with which a store is watched.</summary>
    public LiteDbFileOptions Options => new() { OpenDevice = path => path.EndsWith("-journal", StringComparison.Ordinal) ? new WatchedJournal(FileDevice.Open(path), _ends) : FileDevice.Open(path) };

    /// <summary>The durable writes that the journal took.</summary>
    public int Count => _ends.Count;

    /// <summary>Says whether a durable write ended with an event.</summary>
    public bool EndsWith(long sequence) => _ends.Contains(sequence);

    private sealed class WatchedJournal(FileDevice file, HashSet<long> ends) : IFileDevice
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long position) => file.Read(buffer, position);

        public void Write(ReadOnlySpan<byte> buffer, long position)
        {
            file.Write(buffer, position);
            ReadOnlySpan<byte> record = position == 0 ? buffer[JournalFormat.HeaderSize..] : buffer;
            ends.Add((JournalFormat.TryRead(record) ?? throw new InvalidOperationException("A write of the journal is not a record.")).Last);
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Sync() => file.Sync();

        public void Dispose() => file.Dispose();
    }
}
