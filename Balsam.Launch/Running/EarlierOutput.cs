using System.Globalization;

namespace Balsam.Launch.Running;

/// <summary>Keeps the output of earlier attempts: <c>job.out</c> becomes <c>job.out.1</c>, or the next free number.</summary>
internal static class EarlierOutput
{
    /// <summary>Moves what has the output's name out of the way, never over another file.</summary>
    /// <returns>0 when the name is free now, else the error number.</returns>
    public static int Keep(string output) => Directory.Exists(output) && new FileInfo(output).LinkTarget is null
        ? Errno.IsDirectory
        : Keep(number => Rename(output, NumberedName(output, number)));

    /// <summary>The same in a directory that is open (Linux).</summary>
    public static int Keep(int directory, string name)
    {
        int itself = LibC.OpenAt(directory, name, LibC.OpenPath | LibC.OpenDirectory | LibC.OpenNoFollow | LibC.OpenCloseOnExec, 0);
        if (itself >= 0)
        {
            _ = LibC.Close(itself);
            return Errno.IsDirectory;
        }

        return Keep(number =>
        {
            int errno = LibC.RenameWithoutReplacing(directory, name, NumberedName(name, number));
            string place = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory}/{name}");
            return errno is Errno.Invalid or Errno.NotImplemented ? RenamePortably(place, NumberedName(place, number)) : errno;
        });
    }

    private static int Keep(Func<int, int> rename)
    {
        for (int number = 1; ; number++)
        {
            int errno = rename(number);
            if (errno != Errno.Exists)
            {
                return errno == Errno.NoEntry ? 0 : errno;
            }
        }
    }

    private static string NumberedName(string output, int number) => string.Create(CultureInfo.InvariantCulture, $"{output}.{number}");

    private static int Rename(string output, string target)
    {
        int errno = OperatingSystem.IsLinux() ? LibC.RenameWithoutReplacing(output, target) : Errno.NotImplemented;
        return errno is Errno.Invalid or Errno.NotImplemented ? RenamePortably(output, target) : errno;
    }

    // For file systems without RENAME_NOREPLACE. Only this launcher writes here, so looking first is enough.
    private static int RenamePortably(string output, string target)
    {
        if (Path.Exists(target))
        {
            return Errno.Exists;
        }

        try
        {
            File.Move(output, target, overwrite: false);
            return 0;
        }
        catch (FileNotFoundException)
        {
            return Errno.NoEntry;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Errno.AccessDenied;
        }
    }
}
