namespace Balsam.Launch.Running;

/// <summary>Looks for symbolic links below a root, where the system has no calls that open name by name. A link that is put there after the look is not seen.</summary>
internal static class LinkCheck
{
    /// <summary>The first link on the way from the root to a directory; null when there is none.</summary>
    public static string? Find(string? root, string directory)
    {
        if (root is null)
        {
            return null;
        }

        string path = root;
        foreach (string name in Path.GetRelativePath(root, directory).Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, name);
            if (name == ".." || new FileInfo(path).LinkTarget is not null)
            {
                return path;
            }
        }

        return null;
    }
}
