using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>The checksum of the file layer: CRC-32C, begun with a number that says what the bytes are and where they belong.</summary>
internal static class Crc
{
    public static uint Of(ulong seed, ReadOnlySpan<byte> bytes)
    {
        uint crc = BitOperations.Crc32C(uint.MaxValue, seed);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return crc;
    }
}
