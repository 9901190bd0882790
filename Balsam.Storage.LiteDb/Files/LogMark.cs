using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// How long the log, or the journal, is known to be, kept in the lock file: one that is gone, blank or cut at the end of a commit looks like one that never was
/// longer. The mark is written after a commit is durable and taken away before the log is emptied, so it never says too much; it is not made durable
/// with each commit, so after a power cut it may say too little.
/// </summary>
internal sealed class LogMark(SafeFileHandle file, int place)
{
    private const int Size = 32;
    private const ulong MagicNumber = 0x31_4B_52_4D_53_4C_41_42; // "BALSMRK1"

    private readonly byte[] _record = new byte[Size];
    private bool _isSet = RandomAccess.GetLength(file) > place * Size;

    /// <summary>Reads the mark.</summary>
    /// <returns>The salt of the log and how many of its frames were acknowledged; null when there is no mark.</returns>
    public (ulong Salt, long Frames)? Read()
    {
        Span<byte> record = stackalloc byte[Size];
        return RandomAccess.Read(file, record, place * Size) == Size
            && BinaryPrimitives.ReadUInt64LittleEndian(record) == MagicNumber
            && BinaryPrimitives.ReadUInt32LittleEndian(record[24..]) == Crc32C.Of(MagicNumber, record[..24])
            ? (BinaryPrimitives.ReadUInt64LittleEndian(record[8..]), BinaryPrimitives.ReadInt64LittleEndian(record[16..]))
            : null;
    }

    /// <summary>Says that so many frames of a log are durable. A disk without room for it does not matter: an older mark stays true.</summary>
    public void Set(ulong salt, long frames)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_record, MagicNumber);
        BinaryPrimitives.WriteUInt64LittleEndian(_record.AsSpan(8), salt);
        BinaryPrimitives.WriteInt64LittleEndian(_record.AsSpan(16), frames);
        BinaryPrimitives.WriteUInt32LittleEndian(_record.AsSpan(24), Crc32C.Of(MagicNumber, _record.AsSpan(0, 24)));
        _isSet = true;
        try
        {
            RandomAccess.Write(file, _record, place * Size);
        }
        catch (IOException)
        {
            // The mark before holds: the log has only grown since.
        }
    }

    /// <summary>Takes the mark away, durably.</summary>
    public void Clear()
    {
        if (_isSet)
        {
            _record.AsSpan().Clear();
            RandomAccess.Write(file, _record, place * Size);
            RandomAccess.FlushToDisk(file);
            _isSet = false;
        }
    }
}
