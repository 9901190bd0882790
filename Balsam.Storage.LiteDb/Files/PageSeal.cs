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

    /// <summary>Puts the checksum on a page that is on its way to its place in the file.</summary>
    public static void Seal(Span<byte> page, long position) => PageFormat.SetTransactionId(page, Checksum(page, position));

    /// <summary>Says whether a page carries a checksum.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> page) => PageFormat.TransactionId(page) != None;

    /// <summary>Says whether a page has the content that was written to that place; of one without a checksum, whether it looks like the page of that place.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> page, long position) => IsSealed(page)
        ? PageFormat.TransactionId(page) == Checksum(page, position)
        : PageFormat.PageId(page) == position / PageFormat.Size && PageFormat.HasKnownType(page);

    /// <summary>Takes the checksum off, for LiteDB.</summary>
    public static void Remove(Span<byte> page) => PageFormat.SetTransactionId(page, None);

    // With its place in the file, so that a page which was written over another one is found out.
    private static uint Checksum(ReadOnlySpan<byte> page, long position)
    {
        uint sum = Crc32C.Of(Crc32C.Of((ulong)position, page[..PageFormat.TransactionAt]), page[(PageFormat.TransactionAt + sizeof(uint))..PageFormat.Size]);
        return sum == None ? 0 : sum;
    }
}
