namespace Balsam.Launch.Staging.Copying;

/// <summary>Which symbolic links of a directory travel with it.</summary>
internal static class InnerLink
{
    /// <summary>Whether a link leads to a place in the directory that is copied, whatever other such links are on its way: up as many names as it stands deep and no more, then down.</summary>
    /// <param name="path">The link, below the directory.</param>
    /// <param name="target">What it says.</param>
    public static bool Stays(string path, string target)
    {
        if (target.Length == 0 || target[0] == '/')
        {
            return false;
        }

        string[] names = target.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int up = Array.FindIndex(names, name => name != "..") is >= 0 and var first ? first : names.Length;
        return up <= path.Count(letter => letter == '/') && !names.AsSpan(up).Contains("..");
    }
}
