using System.Runtime.InteropServices;

namespace Balsam.Launch.Staging.Trees;

/// <summary>The functions of the C library that trees of this machine need (Linux).</summary>
internal static unsafe partial class FileCalls
{
    public const int ReadWrite = 2;

    private const string Library = "libc";
    private const int SymlinkFollow = 0x400;
    private const int SymlinkNoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatistics = 0x7ff;
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int LongestTarget = 4096;

    // The direction bits of an ioctl differ on Power.
    private static readonly nuint CloneFile = RuntimeInformation.ProcessArchitecture is Architecture.Ppc64le ? 0x80049409u : 0x40049409u;

    /// <summary>Looks at a name in a directory, not at what a link leads to.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Look(int directory, string name, out FileFacts facts) => Look(directory, name, SymlinkNoFollow, out facts);

    /// <summary>Looks at an open file.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Look(int file, out FileFacts facts) => Look(file, "", EmptyPath, out facts);

    /// <summary>What a link says; null when it is none.</summary>
    public static string? ReadLink(int directory, string name)
    {
        byte* target = stackalloc byte[LongestTarget];
        nint length = ReadLinkAt(directory, name, target, LongestTarget);
        return length < 0 ? null : System.Text.Encoding.UTF8.GetString(target, (int)length);
    }

    /// <summary>The next byte at or behind an offset that is no part of a hole; null when the rest is a hole or nothing, and <paramref name="offset"/> where the system does not tell.</summary>
    public static long? NextData(int file, long offset)
    {
        const int noSuchAddress = 6;
        if (!Environment.Is64BitProcess)
        {
            return offset;
        }

        long next = Seek(file, offset, SeekData);
        return next >= 0 ? next : Marshal.GetLastPInvokeError() == noSuchAddress ? null : offset;
    }

    /// <summary>The end of the data at an offset; <see cref="long.MaxValue"/> where the system does not tell.</summary>
    public static long EndOfData(int file, long offset) => Environment.Is64BitProcess && Seek(file, offset, SeekHole) is >= 0 and var end ? end : long.MaxValue;

    /// <summary>Gives a file the blocks of another one, in common with it.</summary>
    /// <returns>Whether the file system could.</returns>
    public static bool TryClone(int from, int to) => InputOutputControl(to, CloneFile, from) == 0;

    /// <summary>Gives an open file another name.</summary>
    /// <returns>Whether the file system could.</returns>
    public static bool TryLink(int file, int directory, string name) =>
        LinkAt(Running.LibC.AtWorkingDirectory, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{file}"), directory, name, SymlinkFollow) == 0;

    [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(int fromDirectory, string from, int toDirectory, string to);

    [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SymlinkAt(string target, int directory, string name);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int file);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(int file);

    private static int Look(int directory, string name, int flags, out FileFacts facts)
    {
        facts = default;
        fixed (FileFacts* memory = &facts)
        {
            return Statistics(directory, name, flags, BasicStatistics, memory) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statistics(int directory, string name, int flags, uint mask, FileFacts* facts);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkAt(int directory, string name, byte* target, nuint size);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkAt(int fromDirectory, string from, int toDirectory, string to, int flags);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(int file, long offset, int whence);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int InputOutputControl(int file, nuint request, nint argument);
}
