namespace Balsam.Transfers.Sftp;

/// <summary>Paths that begin with <c>~</c>.</summary>
internal static class HomePath
{
    public static string Expand(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
        : path;
}
