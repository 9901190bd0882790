namespace Balsam.Launch.Platforms;

/// <summary>The directories that hold the limits of a process, its own group's first, then those above up to the mount point.</summary>
internal sealed record CgroupDirectories(IReadOnlyList<string> Cpu, IReadOnlyList<string> Memory)
{
    /// <summary>Finds the directories; pure.</summary>
    /// <param name="cgroup">The content of <c>/proc/self/cgroup</c>.</param>
    /// <param name="mountInfo">The content of <c>/proc/self/mountinfo</c>.</param>
    public static CgroupDirectories Parse(string cgroup, string mountInfo)
    {
        var cpu = new List<string>();
        var memory = new List<string>();
        foreach (string line in cgroup.Split('\n'))
        {
            // hierarchy:controllers:path; version 2 has hierarchy 0 and no controllers.
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3)
            {
                continue;
            }

            string[] controllers = parts[1].Split(',');
            bool unified = parts[0] == "0" && parts[1].Length == 0;
            if (unified || controllers.Contains("cpu"))
            {
                cpu.AddRange(Chain(parts[2], mountInfo, unified ? null : "cpu"));
            }

            if (unified || controllers.Contains("memory"))
            {
                memory.AddRange(Chain(parts[2], mountInfo, unified ? null : "memory"));
            }
        }

        return new CgroupDirectories(cpu, memory);
    }

    private static IEnumerable<string> Chain(string path, string mountInfo, string? controller)
    {
        if (FindMount(mountInfo, controller) is not var (root, point))
        {
            yield break;
        }

        // In a container the mount may show only a part of the tree, from "root" on; a path outside it is seen as the mount itself.
        string below = root == "/" ? path
            : path == root || path.StartsWith(root + "/", StringComparison.Ordinal) ? path[root.Length..]
            : string.Empty;
        if (below.Split('/').Contains(".."))
        {
            below = string.Empty;
        }

        below = below.Trim('/');
        while (below.Length > 0)
        {
            yield return $"{point}/{below}";
            int slash = below.LastIndexOf('/');
            below = slash < 0 ? string.Empty : below[..slash];
        }

        yield return point;
    }

    // id parent major:minor root point options … - type source super-options
    private static (string Root, string Point)? FindMount(string mountInfo, string? controller)
    {
        foreach (string line in mountInfo.Split('\n'))
        {
            int separator = line.IndexOf(" - ", StringComparison.Ordinal);
            if (separator < 0)
            {
                continue;
            }

            string[] mount = line[..separator].Split(' ');
            string[] type = line[(separator + 3)..].Split(' ');
            if (mount.Length < 5 || type.Length < 3)
            {
                continue;
            }

            if (controller is null ? type[0] == "cgroup2" : type[0] == "cgroup" && type[2].Split(',').Contains(controller))
            {
                return (Unescape(mount[3]), Unescape(mount[4]));
            }
        }

        return null;
    }

    private static string Unescape(string text) =>
        text.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
