using System.Diagnostics;
using System.Globalization;

namespace Balsam.Transfers.Sftp.Tests;

/// <summary>A real file system of a few megabytes, in memory, that can be filled to the last byte. Without the right to mount the test is ignored.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    private string Ballast => Path.Combine(_path, "ballast");

    public static SmallDisk MountOrIgnore(string path, int kilobytes)
    {
        Directory.CreateDirectory(path);
        if (!TryRun("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={kilobytes}k"), "balsam-test", path))
        {
            Assert.Ignore("No file system can be mounted here.");
        }

        return new SmallDisk(path);
    }

    /// <summary>Leaves so much room and no more.</summary>
    public void Fill(int leaving)
    {
        using FileStream file = File.Create(Ballast);
        byte[] chunk = new byte[4096];
        while (new DriveInfo(_path).AvailableFreeSpace > leaving)
        {
            file.Write(chunk);
            file.Flush();
        }
    }

    public void Free() => File.Delete(Ballast);

    public void Dispose() => TryRun("umount", "-l", _path);

    private static bool TryRun(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
