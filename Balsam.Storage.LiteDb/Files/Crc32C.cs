using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>A CRC-32C over values as they come, eight bytes at a time. What it gives is part of the file format, and the same on every machine.</summary>
internal struct Crc32C()
{
    private const int MaxStackBytes = 512;

    /// <summary>The checksum of what was added so far.</summary>
    public uint Value { get; private set; } = uint.MaxValue;

    /// <summary>The checksum of some bytes, begun with a number that says what they are and where they belong.</summary>
    public static uint Of(ulong seed, ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32C();
        crc.Add(seed);
        crc.Add(bytes);
        return crc.Value;
    }

    public void Add(ulong word) => Value = BitOperations.Crc32C(Value, word);

    public void Add(byte value) => Value = BitOperations.Crc32C(Value, value);

    /// <summary>Adds bytes, not their number.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint crc = Value;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        Value = crc;
    }

    /// <summary>Adds a text as UTF-8, and how many bytes it has.</summary>
    public void Add(string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = most > MaxStackBytes ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> buffer = rented ?? stackalloc byte[MaxStackBytes];
        int count = Encoding.UTF8.GetBytes(text, buffer);
        Add((ulong)count);
        Add((ReadOnlySpan<byte>)buffer[..count]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
