namespace Balsam.Launch.Staging.Trees;

/// <summary>Paths of trees: names with <c>/</c> between them, nothing that leads up.</summary>
internal static class TreePath
{
    /// <summary>The names on the way; a path that leads up, or holds what no name can, is refused.</summary>
    /// <exception cref="TransferException">It is refused.</exception>
    public static string[] Names(string path)
    {
        string[] names = Array.FindAll(path.Split('/', StringSplitOptions.RemoveEmptyEntries), name => name != ".");
        return Array.Exists(names, name => name == ".." || name.Contains('\0', StringComparison.Ordinal))
            ? throw new TransferException($"'{path}' is no path of a transfer: '..' leads out of where it belongs. Write the path without it.", isTransient: false)
            : names;
    }

    public static string Join(string directory, string name) => directory is "" or "." ? name : directory.EndsWith('/') ? directory + name : $"{directory}/{name}";

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>What a message may show of a path: of a URI neither a user nor a query, where secrets are.</summary>
    public static string Shown(string path) => path.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(path, UriKind.Absolute, out Uri? uri) ? Shown(uri) : path;

    /// <summary>What a message may show of a URI: neither a user nor a query, where secrets are.</summary>
    public static string Shown(Uri uri) => $"{uri.Scheme}://{uri.Authority}{uri.AbsolutePath}";

    /// <summary>The directory of a path; empty for the root of the tree.</summary>
    public static string Directory(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : "";
}
