using System.Globalization;

namespace Balsam.Launch.Staging.Rsync;

/// <summary>What rsync is told. Nothing passes through a shell on this side; on the far side rsync itself keeps what is a path from being anything else.</summary>
internal static class RsyncCommand
{
    private const string PartialDirectory = ".balsam-rsync";

    /// <summary>The arguments.</summary>
    /// <param name="options">How rsync is run.</param>
    /// <param name="endpoint">The host.</param>
    /// <param name="isRecursive">Whether a directory goes.</param>
    /// <param name="source">From where.</param>
    /// <param name="destination">To where.</param>
    public static IReadOnlyList<string> Arguments(RsyncOptions options, Uri endpoint, bool isRecursive, string source, string destination) =>
    [
        // Equal files are told by their checksums, links travel only within the directory, and what is cut off is kept for the next try. Without names it would not tell of links that it left out.
        .. isRecursive ? new[] { "--recursive", "--links", "--safe-links" } : ["--no-recursive", "--no-links"],
        "--times", "--executability", "--chmod=ugo=rwX", "--checksum", "--partial-dir=" + PartialDirectory, "--exclude=.balsam-*", "--mkpath", "--protect-args",
        "--stats", "--info=name1,symsafe1,nonreg1", "--no-human-readable", Seconds("--timeout=", options.AnswerTimeout), "--rsh=" + Shell(options, endpoint), "--", source, destination,
    ];

    /// <summary>A path at the far end.</summary>
    public static string Far(Uri endpoint, string path)
    {
        string host = endpoint.HostNameType == UriHostNameType.IPv6 ? endpoint.Host : endpoint.IdnHost;
        string user = endpoint.UserInfo.Length == 0 ? "" : Uri.UnescapeDataString(endpoint.UserInfo) + "@";
        return $"{user}{host}:{Uri.UnescapeDataString(endpoint.AbsolutePath).TrimEnd('/')}/{path.Trim('/')}";
    }

    private static string Shell(RsyncOptions options, Uri endpoint)
    {
        List<string> words = ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ControlMaster=no", "-o", Seconds("ConnectTimeout=", options.ConnectTimeout)];
        if (endpoint.Port > 0)
        {
            words.AddRange(["-p", endpoint.Port.ToString(CultureInfo.InvariantCulture)]);
        }

        words.AddRange(options.SshArguments.Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument));
        return string.Join(' ', words);
    }

    private static string Seconds(string name, TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{name}{(int)time.TotalSeconds}");
}
