using System.Buffers.Binary;
using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>Finds documents on pages without any index: LiteDB's data blocks, put together along their chains.</summary>
/// <remarks>
/// A page ends with a slot of four bytes for each of its blocks (length, then position, the first slot last). A block begins with whether it continues another, the
/// page and the slot of the next one, and goes on with the document's bytes.
/// </remarks>
internal sealed class SalvagedDocuments(SalvagedPages pages)
{
    private const byte DataPage = 4;
    private const int PageHeader = 32;
    private const int HighestSlotAt = 30;
    private const int SlotSize = 4;
    private const int BlockHeader = 6;
    private const int LargestDocument = 16 * 1024 * 1024;

    private readonly byte[] _page = new byte[PageFormat.Size];
    private readonly byte[] _next = new byte[PageFormat.Size];

    /// <summary>The places where documents begin, and how many pages are damaged.</summary>
    public IEnumerable<(long Page, byte Slot)> Find(Action<long> damaged, CancellationToken cancellationToken)
    {
        for (long page = 0; page < pages.Count; page++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isWhole = pages.Read(page, _page);
            if (!isWhole)
            {
                damaged(page);
            }
            else if (_page[4] != DataPage)
            {
                continue;
            }

            byte highest = _page[HighestSlotAt];
            byte[] starts = [.. Enumerable.Range(0, highest == byte.MaxValue ? 0 : highest + 1).Select(slot => (byte)slot).Where(slot => Block(_page, slot) is [0, ..])];
            foreach (byte slot in starts)
            {
                yield return (page, slot);
            }
        }
    }

    /// <summary>Reads the document that begins at a place.</summary>
    /// <returns>The document; null when it is not as it was written, or nothing says that it is.</returns>
    public BsonDocument? Read(long page, byte slot)
    {
        byte[]? bytes = null;
        int filled = 0;
        bool isTrusted = true;
        while (page < pages.Count)
        {
            isTrusted &= pages.Read(page, _next);
            ReadOnlySpan<byte> block = Block(_next, slot);
            if (block.IsEmpty || block[0] != (filled == 0 ? 0 : 1))
            {
                return null;
            }

            ReadOnlySpan<byte> part = block[BlockHeader..];
            if (bytes is null)
            {
                int length = part.Length < sizeof(int) ? 0 : BinaryPrimitives.ReadInt32LittleEndian(part);
                if (length is < 5 or > LargestDocument)
                {
                    return null;
                }

                bytes = new byte[length];
            }

            int count = Math.Min(part.Length, bytes.Length - filled);
            part[..count].CopyTo(bytes.AsSpan(filled));
            filled += count;
            uint next = BinaryPrimitives.ReadUInt32LittleEndian(block[1..]);
            if (filled == bytes.Length || next == uint.MaxValue || count == 0)
            {
                break;
            }

            (page, slot) = (next, block[5]);
        }

        return bytes is not null && filled == bytes.Length ? Decode(bytes, isTrusted) : null;
    }

    private static BsonDocument? Decode(byte[] bytes, bool isTrusted)
    {
        if (!BsonShape.IsDocument(bytes))
        {
            return null;
        }

        try
        {
            BsonDocument document = BsonSerializer.Deserialize(bytes);
            return DocumentSeal.IsWhole(document) && (isTrusted || DocumentSeal.IsSealed(document)) ? document : null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<byte> Block(ReadOnlySpan<byte> page, byte slot)
    {
        int highest = page[HighestSlotAt];
        if (highest == byte.MaxValue || slot > highest)
        {
            return [];
        }

        int footer = PageFormat.Size - ((highest + 1) * SlotSize);
        int at = PageFormat.Size - ((slot + 1) * SlotSize);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(page[at..]);
        int position = BinaryPrimitives.ReadUInt16LittleEndian(page[(at + 2)..]);
        return position >= PageHeader && length > BlockHeader && position + length <= footer ? page.Slice(position, length) : [];
    }
}
