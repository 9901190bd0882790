using System.Buffers.Binary;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>What this layer knows of the pages of LiteDB 5 (file version 8).</summary>
internal static class PageFormat
{
    /// <summary>The bytes of one page.</summary>
    public const int Size = 8192;

    /// <summary>The only file version that LiteDB 5 writes.</summary>
    public const byte FileVersion = 8;

    /// <summary>The file version of LiteDB 3 and 4, which kept its header elsewhere.</summary>
    public const byte FileVersionOfLiteDb4 = 7;

    /// <summary>How many bytes of the header page tell what the file is.</summary>
    public const int HeaderProbe = 192;

    private const int TypeAt = 4;
    /// <summary>Where the number of a page's transaction stands; in the file, its checksum.</summary>
    public const int TransactionAt = 14;

    private const int ConfirmedAt = 18;
    private const int MagicAt = 32;
    private const int VersionAt = 59;
    private const int LastPageAt = 64;
    private const int CreatedAt = 68;
    private const int OldMagicAt = 25;
    private const int OldVersionAt = 52;
    private const byte HeaderType = 1;
    private const byte HighestType = 4;

    /// <summary>The text every LiteDB file carries in its header.</summary>
    public static ReadOnlySpan<byte> Magic => "** This is a LiteDB file **"u8;

    public static uint PageId(ReadOnlySpan<byte> page) => BinaryPrimitives.ReadUInt32LittleEndian(page);

    public static uint TransactionId(ReadOnlySpan<byte> page) => BinaryPrimitives.ReadUInt32LittleEndian(page[TransactionAt..]);

    public static void SetTransactionId(Span<byte> page, uint id) => BinaryPrimitives.WriteUInt32LittleEndian(page[TransactionAt..], id);

    /// <summary>Says whether a page of the file has one of the types of LiteDB 5, and is not a page of a log.</summary>
    public static bool HasKnownType(ReadOnlySpan<byte> page) => page[TypeAt] <= HighestType && !IsConfirmed(page);

    /// <summary>Takes off a page what it carried in the log only.</summary>
    public static void ClearTransaction(Span<byte> page)
    {
        SetTransactionId(page, uint.MaxValue);
        page[ConfirmedAt] = 0;
    }

    /// <summary>Says whether a page of the log ends its transaction.</summary>
    public static bool IsConfirmed(ReadOnlySpan<byte> page) => page[ConfirmedAt] != 0;

    public static bool IsHeader(ReadOnlySpan<byte> page) => page[TypeAt] == HeaderType;

    /// <summary>The highest page id in use, from a header page.</summary>
    public static uint LastPageId(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[LastPageAt..]);

    /// <summary>When the file was made, as the header has it; it never changes and ties a log to its file.</summary>
    public static long Created(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt64LittleEndian(header[CreatedAt..]);

    /// <summary>Gives a file another identity.</summary>
    public static void SetCreated(Span<byte> header, long created) => BinaryPrimitives.WriteInt64LittleEndian(header[CreatedAt..], created);

    /// <summary>The file version of LiteDB 5 headers; null when this is none.</summary>
    public static byte? Version(ReadOnlySpan<byte> header) =>
        header[MagicAt..].StartsWith(Magic) ? header[VersionAt] : null;

    /// <summary>The file version of LiteDB 4 headers; null when this is none.</summary>
    public static byte? OldVersion(ReadOnlySpan<byte> header) =>
        header[OldMagicAt..].StartsWith(Magic) ? header[OldVersionAt] : null;

    /// <summary>Says whether this is the first page of an encrypted LiteDB 5 file: a mark, 16 bytes of salt, 32 bytes of check, else zeros.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> header) =>
        header[0] == 1 && !header[17..32].ContainsAnyExcept((byte)0) && !header[64..].ContainsAnyExcept((byte)0) && header[1..17].ContainsAnyExcept((byte)0);
}
