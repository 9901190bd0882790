namespace Balsam.Storage.LiteDb.Tests.Damage;

/// <summary>What happens to bytes on a disk, at random.</summary>
internal static class Damages
{
    private const int Sector = 512;

    private static readonly (string Name, Action<byte[], int, int, Random> Apply)[] OfBytes =
    [
        ("a bit flipped", static (file, at, length, random) => file[at + random.Next(length)] ^= (byte)(1 << random.Next(8))),
        ("a byte changed", static (file, at, length, random) => file[at + random.Next(length)] += (byte)random.Next(1, 256)),
        ("some bytes changed", static (file, at, length, random) => random.NextBytes(Run(file, at, length, random, 64))),
        ("a sector zeroed", static (file, at, length, random) => Run(file, at, length, random, Sector).Clear()),
        ("a sector of ones", static (file, at, length, random) => Run(file, at, length, random, Sector).Fill(0xFF)),
        ("all zeroed", static (file, at, length, _) => file.AsSpan(at, length).Clear()),
        ("all ones", static (file, at, length, _) => file.AsSpan(at, length).Fill(0xFF)),
        ("moved by a byte", static (file, at, length, _) => file.AsSpan(at, length - 1).CopyTo(file.AsSpan(at + 1))),
        ("overwritten by another place", static (file, at, length, random) => file.AsSpan(random.Next((file.Length - length) / length + 1) * length, length).CopyTo(file.AsSpan(at, length))),
    ];

    private static readonly (string Name, Func<byte[], Random, byte[]?> Apply)[] OfFiles =
    [
        ("cut at random", static (file, random) => file[..random.Next(file.Length)]),
        ("cut at a page", static (file, random) => file[..(random.Next((file.Length / 8192) + 1) * 8192)]),
        ("cut at a frame", static (file, random) => file[..Math.Min(file.Length, 32 + (random.Next(Math.Max(1, file.Length / 8208)) * 8208))]),
        ("its last bytes cut off", static (file, random) => file[..^Math.Min(file.Length, random.Next(1, 9000))]),
        ("emptied", static (_, _) => []),
        ("zeroed", static (file, _) => new byte[file.Length]),
        ("its end zeroed", static (file, random) => [.. file[..random.Next(file.Length)], .. new byte[file.Length]]),
        ("deleted", static (_, _) => null),
        ("garbage behind it", static (file, random) => [.. file, .. Garbage(random)]),
        ("garbage before it", static (file, random) => [.. Garbage(random), .. file]),
        ("a page taken out", static (file, random) => Without(file, random.Next(Math.Max(1, file.Length / 8192)) * 8192, 8192)),
        ("some bytes taken out", static (file, random) => Without(file, random.Next(file.Length), random.Next(1, 100))),
    ];

    /// <summary>Damages a piece of a file; the content is another one afterwards.</summary>
    public static string Apply(byte[] file, int at, int length, Random random)
    {
        byte[] before = (byte[])file.Clone();
        while (true)
        {
            (string name, Action<byte[], int, int, Random> apply) = OfBytes[random.Next(OfBytes.Length)];
            apply(file, at, length, random);
            if (!file.AsSpan().SequenceEqual(before))
            {
                return $"{name} (at {at} for {length})";
            }
        }
    }

    /// <summary>Damages a whole file; the content is another one afterwards, or null for none.</summary>
    public static (string Name, byte[]? File) Apply(byte[] file, Random random)
    {
        while (true)
        {
            (string name, Func<byte[], Random, byte[]?> apply) = OfFiles[random.Next(OfFiles.Length)];
            byte[]? damaged = apply(file, random);
            if (damaged is null || !damaged.AsSpan().SequenceEqual(file))
            {
                return ($"{name} ({damaged?.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"} of {file.Length} bytes)", damaged);
            }
        }
    }

    private static Span<byte> Run(byte[] file, int at, int length, Random random, int longest)
    {
        int count = random.Next(1, Math.Min(length, longest) + 1);
        return file.AsSpan(at + random.Next(length - count + 1), count);
    }

    private static byte[] Garbage(Random random)
    {
        byte[] garbage = new byte[random.Next(1, 20_000)];
        random.NextBytes(garbage);
        return garbage;
    }

    private static byte[] Without(byte[] file, int at, int count) => [.. file[..Math.Min(at, file.Length)], .. file[Math.Min(at + count, file.Length)..]];
}
