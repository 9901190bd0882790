using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>Makes names durable: after a power cut a file whose content was synced may be there under its old name, or under none, until its directory was synced too.</summary>
internal static partial class DirectorySync
{
    private const int CloseOnExec = 0x80000;

    /// <summary>Returns when the names in a directory are on stable storage. Where directories cannot be synced (Windows keeps names in its journal), it does nothing.</summary>
    public static void Sync(string directory)
    {
        if (!OperatingSystem.IsLinux() || Open(directory, CloseOnExec) is not (>= 0 and var descriptor))
        {
            return;
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (IOException)
        {
            // Some network file systems know no such thing; the content itself was synced.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
