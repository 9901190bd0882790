using System.Globalization;

namespace Balsam;

/// <summary>An amount of memory in bytes.</summary>
/// <param name="Bytes">The bytes; 0 stands for "not stated".</param>
public readonly record struct MemorySize(long Bytes)
{
    private static readonly string[] Suffixes = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>No memory, or "not stated".</summary>
    public static MemorySize Zero => default;

    /// <summary>Makes a size from mebibytes (1,048,576 bytes).</summary>
    /// <param name="mebibytes">The mebibytes.</param>
    /// <returns>The size.</returns>
    public static MemorySize FromMebibytes(double mebibytes) => new(checked((long)(mebibytes * (1L << 20))));

    /// <summary>Makes a size from gibibytes (1,073,741,824 bytes).</summary>
    /// <param name="gibibytes">The gibibytes.</param>
    /// <returns>The size.</returns>
    public static MemorySize FromGibibytes(double gibibytes) => new(checked((long)(gibibytes * (1L << 30))));

    /// <summary>Writes the size with the largest binary unit that keeps it at least 1.</summary>
    /// <returns>For example <c>1.5 GiB</c>.</returns>
    public override string ToString()
    {
        double value = Bytes;
        int suffix = 0;
        while (value >= 1024 && suffix < Suffixes.Length - 1)
        {
            value /= 1024;
            suffix++;
        }

        return value.ToString("0.##", CultureInfo.InvariantCulture) + " " + Suffixes[suffix];
    }
}
