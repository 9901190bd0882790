using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Balsam.Launch.Staging.Copying;

/// <summary>The names that transfers keep for themselves. They are short, whatever the file is called, and the same at every try.</summary>
internal static class ReservedNames
{
    private const string Prefix = ".balsam-";

    /// <summary>Whether a path has one of them; what has, or is in a directory that has, is never copied.</summary>
    public static bool IsIn(string path) => path.StartsWith(Prefix, StringComparison.Ordinal) || path.Contains($"/{Prefix}", StringComparison.Ordinal);

    /// <summary>What a file is called while it arrives. Two items never share one, not even on their way to the same file.</summary>
    public static string Part(TransferTask task, string name) => $"{Prefix}part-{Digest($"{task.JobId}/{task.Item.Slot}/{name}")}";

    /// <summary>The file in the workdir that says how far an item is.</summary>
    public static string Manifest(TransferItem item) => $"{Prefix}transfer-{Digest(item.Slot)}";

    private static string Digest(string text) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text)).ToString("x32", CultureInfo.InvariantCulture);
}
