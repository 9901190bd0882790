using System.Buffers.Binary;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>Whether bytes can be a document at all: a length with a flipped bit would make a reader ask for gigabytes.</summary>
internal static class BsonShape
{
    private const int MostNested = 64;

    public static bool IsDocument(ReadOnlySpan<byte> bytes) => SkipDocument(bytes, 0) == bytes.Length;

    // The end of the document that begins at a place; -1 when none does.
    private static int SkipDocument(ReadOnlySpan<byte> bytes, int depth)
    {
        if (depth > MostNested || bytes.Length < 5)
        {
            return -1;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length < 5 || length > bytes.Length || bytes[length - 1] != 0)
        {
            return -1;
        }

        ReadOnlySpan<byte> fields = bytes[4..(length - 1)];
        while (!fields.IsEmpty)
        {
            int name = fields[1..].IndexOf((byte)0);
            int size = name < 0 ? -1 : SizeOf(fields[0], fields[(name + 2)..], depth);
            if (size < 0 || size > fields.Length - name - 2)
            {
                return -1;
            }

            fields = fields[(name + 2 + size)..];
        }

        return length;
    }

    private static int SizeOf(byte type, ReadOnlySpan<byte> value, int depth) => type switch
    {
        0x01 or 0x09 or 0x12 => 8,
        0x02 => Prefixed(value, 4),
        0x03 or 0x04 => SkipDocument(value, depth + 1),
        0x05 => Prefixed(value, 5),
        0x07 => 12,
        0x08 => 1,
        0x0A or 0x7F or 0xFF => 0,
        0x10 => 4,
        0x13 => 16,
        _ => -1,
    };

    private static int Prefixed(ReadOnlySpan<byte> value, int prefix)
    {
        int length = value.Length < prefix ? -1 : BinaryPrimitives.ReadInt32LittleEndian(value);
        return length < 0 || length > value.Length - prefix ? -1 : length + prefix;
    }
}
