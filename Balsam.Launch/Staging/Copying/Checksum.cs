using System.Buffers;
using System.Globalization;
using System.IO.Hashing;

namespace Balsam.Launch.Staging.Copying;

/// <summary>Checksums of what trees hold: XXH128, as fast as memory; against what breaks, not against who forges.</summary>
internal static class Checksum
{
    private const int BufferSize = 1 << 20;

    public static string Text(XxHash128 hash) => hash.GetCurrentHashAsUInt128().ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>The checksum of the first bytes of a file; null when it has fewer.</summary>
    public static async Task<XxHash128?> OfAsync(IFileTree tree, string path, long length, CancellationToken cancellationToken)
    {
        var hash = new XxHash128();
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length, 1, BufferSize));
        try
        {
            Stream file = await tree.OpenReadAsync(path, 0, cancellationToken).ConfigureAwait(false);
            await using (file.ConfigureAwait(false))
            {
                for (long left = length; left > 0;)
                {
                    int count = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken).ConfigureAwait(false);
                    if (count == 0)
                    {
                        return null;
                    }

                    hash.Append(buffer.AsSpan(0, count));
                    left -= count;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return hash;
    }
}
