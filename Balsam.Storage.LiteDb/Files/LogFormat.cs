using System.Buffers.Binary;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// The log on disk: a header with a random salt and the identity of the store file, then frames of one page each. A frame carries a
/// checksum over salt, place, page and the number of frames that were durable when it was written.
/// </summary>
/// <remarks>
/// LiteDB's own log has no checksums, so after a power failure it can apply half a transaction. Here a frame counts only if every frame
/// before it is whole; and because each frame says how far the log was durable, a torn end (never acknowledged, cut off) is told from
/// damage in the middle (acknowledged, refused).
/// </remarks>
internal static class LogFormat
{
    public const int HeaderSize = 32;
    public const int FrameHeaderSize = 16;
    public const int FrameSize = FrameHeaderSize + PageFormat.Size;

    private const ulong MagicNumber = 0x31_4C_41_57_53_4C_41_42; // "BALSWAL1"

    /// <summary>Where a frame begins in the file.</summary>
    public static long PositionOf(long frame) => HeaderSize + (frame * FrameSize);

    public static void WriteHeader(Span<byte> header, ulong salt, long identity)
    {
        header.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, MagicNumber);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], salt);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], identity);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], Crc32C.Of(MagicNumber, header[..24]));
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> header, out ulong salt, out long identity)
    {
        salt = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        identity = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(header) == MagicNumber
            && BinaryPrimitives.ReadUInt32LittleEndian(header[24..]) == Crc32C.Of(MagicNumber, header[..24]);
    }

    /// <summary>Completes a frame whose page is already in place.</summary>
    public static void SealFrame(Span<byte> frame, ulong salt, long index, long durableFrames)
    {
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], durableFrames);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], (uint)index);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Crc32C.Of(Seed(salt, index), frame[4..]));
    }

    public static bool IsWhole(ReadOnlySpan<byte> frame, ulong salt, long index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame) == Crc32C.Of(Seed(salt, index), frame[4..]);

    /// <summary>How many frames were durable when this one was written.</summary>
    public static long DurableFrames(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt64LittleEndian(frame[8..]);

    /// <summary>The page inside a frame.</summary>
    public static ReadOnlySpan<byte> Page(ReadOnlySpan<byte> frame) => frame[FrameHeaderSize..];

    private static ulong Seed(ulong salt, long index) => salt ^ ((ulong)index << 1);
}
