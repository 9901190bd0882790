using System.Buffers.Binary;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// The checksum of a page in the store file. It stands where LiteDB keeps the number of the transaction while the page is in the log; in the
/// file that number means nothing and is always the same, so that the seal takes no room, and LiteDB never sees it.
/// </summary>
/// <remarks>
/// LiteDB believes whatever a page says: a flipped bit is read as truth, a broken link sends it round in circles. A page that does not have the
/// content that was written to it does not get as far as LiteDB. Pages without a seal come from a package that did not know them, or from another
/// LiteDB program; they are read as far as they look like the page that they should be, and sealed when they are next written.
/// </remarks>
internal static class PageSeal
{
    private const uint None = uint.MaxValue;

    /// <summary>Puts the checksum into a page that is on its way to the file.</summary>
    public static void Close(Span<byte> page, long identity, long index)
    {
        PageFormat.SetTransactionId(page, None);
        PageFormat.SetTransactionId(page, Checksum(page, identity, index));
    }

    /// <summary>Says whether a page carries a checksum.</summary>
    public static bool IsClosed(ReadOnlySpan<byte> page) => PageFormat.TransactionId(page) != None;

    /// <summary>Takes the checksum out of a page that comes from the file.</summary>
    /// <returns>Whether the page has the content that was written to it.</returns>
    public static bool TryOpen(Span<byte> page, long identity, long index)
    {
        uint seal = PageFormat.TransactionId(page);
        PageFormat.SetTransactionId(page, None);
        return seal == None
            ? PageFormat.PageId(page) == index && PageFormat.HasKnownType(page)
            : seal == Checksum(page, identity, index);
    }

    private static uint Checksum(ReadOnlySpan<byte> page, long identity, long index)
    {
        uint sum = Crc32C.Of((ulong)identity ^ ((ulong)index << 1), page);
        return sum == None ? 0 : sum;
    }
}
