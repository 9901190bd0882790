using System.Buffers.Binary;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// The journal on disk: a header with the identity of the store file, then records. A record carries the event number before it and the one it ends with,
/// so that records follow each other and those that the store file has already are told; head and payload have a checksum each.
/// </summary>
internal static class JournalFormat
{
    public const int HeaderSize = 24;
    public const int RecordHeaderSize = 32;
    public const int Alignment = 8;

    private const ulong MagicNumber = 0x31_4C_4E_52_4A_4C_41_42; // "BALJRNL1"
    private const uint RecordMark = 0x44_52_43_42; // "BCRD"
    private const int CheckedHead = 28;

    /// <summary>The bytes that a record takes with its head and what fills it up.</summary>
    public static int SizeOf(int payload) => RecordHeaderSize + ((payload + Alignment - 1) & ~(Alignment - 1));

    public static void WriteHeader(Span<byte> header, long identity)
    {
        header.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, MagicNumber);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], identity);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32C.Of(MagicNumber, header[..16]));
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> header, out long identity)
    {
        identity = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(header) == MagicNumber
            && BinaryPrimitives.ReadUInt32LittleEndian(header[16..]) == Crc32C.Of(MagicNumber, header[..16]);
    }

    /// <summary>Completes a record whose payload is already in place.</summary>
    public static void Seal(Span<byte> record, int payload, long previous, long last)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, RecordMark);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], payload);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], previous);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], last);
        BinaryPrimitives.WriteUInt32LittleEndian(record[24..], Crc32C.Of((ulong)last, record.Slice(RecordHeaderSize, payload)));
        BinaryPrimitives.WriteUInt32LittleEndian(record[CheckedHead..], Crc32C.Of(RecordMark, record[..CheckedHead]));
    }

    /// <summary>Reads the record at the beginning of some bytes; null when there is no whole one.</summary>
    public static JournalRecord? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < RecordHeaderSize
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != RecordMark
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[CheckedHead..]) != Crc32C.Of(RecordMark, bytes[..CheckedHead]))
        {
            return null;
        }

        int payload = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        long last = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        return payload >= 0
            && payload <= bytes.Length - RecordHeaderSize
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]) == Crc32C.Of((ulong)last, bytes.Slice(RecordHeaderSize, payload))
            ? new JournalRecord(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), last, bytes.Slice(RecordHeaderSize, payload).ToArray())
            : null;
    }
}
