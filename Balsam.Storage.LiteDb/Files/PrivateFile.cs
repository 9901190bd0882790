namespace Balsam.Storage.LiteDb.Files;

/// <summary>How store files are created: readable and writable by their owner only, unbuffered.</summary>
internal static class PrivateFile
{
    /// <summary>Owner read and write.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a directory and those above it that are missing, for the owner only: who may write in a store's directory may put another file in the store's place.</summary>
    public static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) is { Length: > 0 } parent)
            {
                MakeDirectory(parent);
            }

            Directory.CreateDirectory(path, Mode | UnixFileMode.UserExecute);
        }
    }

    public static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode is not FileMode.Open)
        {
            options.UnixCreateMode = Mode;
        }

        return options;
    }
}
