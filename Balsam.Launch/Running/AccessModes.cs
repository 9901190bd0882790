namespace Balsam.Launch.Running;

/// <summary>File modes for who may read what the launcher makes; the umask takes away from them.</summary>
internal static class AccessModes
{
    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode GroupAll = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode OtherAll = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static UnixFileMode ForDirectory(WorkdirAccess access) => access switch
    {
        WorkdirAccess.Group => OwnerAll | GroupAll,
        WorkdirAccess.Everyone => OwnerAll | GroupAll | OtherAll,
        _ => OwnerAll,
    };

    public static UnixFileMode ForFile(WorkdirAccess access) => ForDirectory(access) & ~AnyExecute;

    /// <summary>Makes a directory and those above it that are missing, each with the mode.</summary>
    public static void Make(string directory, WorkdirAccess access)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        if (Directory.Exists(directory))
        {
            return;
        }

        if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(directory)) is { Length: > 0 } parent)
        {
            Make(parent, access);
        }

        Directory.CreateDirectory(directory, ForDirectory(access));
    }
}
