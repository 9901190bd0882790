namespace Balsam.Storage.LiteDb.Files;

/// <summary>How store files are created: readable and writable by their owner only, unbuffered.</summary>
internal static class PrivateFile
{
    /// <summary>Owner read and write.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

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
