using System.Globalization;
using System.Text.RegularExpressions;

namespace Balsam.Launch.Staging.Rsync;

/// <summary>What rsync tells of a run that went well.</summary>
/// <param name="Files">How many files are there now; links and directories are not counted.</param>
/// <param name="Bytes">How many bytes they have.</param>
/// <param name="Skipped">What it left out: links that lead elsewhere, pipes.</param>
internal sealed partial record RsyncReport(int Files, long Bytes, IReadOnlyList<string> Skipped)
{
    public static RsyncReport Parse(string output) => new(
        (int)Number(FilesPattern().Match(output)),
        Number(BytesPattern().Match(output)),
        [.. output.Split('\n').Where(line => line.StartsWith("ignoring unsafe symlink \"", StringComparison.Ordinal) || line.StartsWith("skipping non-regular file \"", StringComparison.Ordinal))]);

    private static long Number(Match match) => match.Success ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^Number of files: \d+ \(.*?reg: (\d+)", RegexOptions.Multiline | RegexOptions.RightToLeft)]
    private static partial Regex FilesPattern();

    [GeneratedRegex(@"^Total file size: (\d+) bytes", RegexOptions.Multiline | RegexOptions.RightToLeft)]
    private static partial Regex BytesPattern();
}
