using System.Diagnostics;
using System.Globalization;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>
/// A real file system of a few megabytes, in memory, that can be filled to the last byte. Mounting needs the right to mount; where it is missing the
/// test is ignored, and <see cref="FaultTests"/> shows the same with a device that refuses.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Chunk = 4096;
    private readonly string _ballast;

    private SmallDisk(string path)
    {
        Path = path;
        _ballast = System.IO.Path.Combine(path, "ballast");
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public static SmallDisk MountOrIgnore(int kilobytes)
    {
        string path = Directory.CreateTempSubdirectory("balsam-disk-").FullName;
        if (!OperatingSystem.IsLinux() || !TryRun("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={kilobytes}k"), "balsam-test", path))
        {
            Directory.Delete(path);
            Assert.Ignore("No file system can be mounted here.");
        }

        return new SmallDisk(path);
    }

    /// <summary>Leaves so much room and no more.</summary>
    public void Fill(int leaving = 0)
    {
        using FileStream file = new(_ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] chunk = new byte[Chunk];
        try
        {
            while (true)
            {
                file.Write(chunk);
            }
        }
        catch (IOException)
        {
            file.SetLength(Math.Max(0, (file.Length / Chunk * Chunk) - leaving));
        }
    }

    public void Free() => File.Delete(_ballast);

    public void Dispose()
    {
        TryRun("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static bool TryRun(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
