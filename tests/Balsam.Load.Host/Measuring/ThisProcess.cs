using System.Globalization;

namespace Balsam.Load.Host.Measuring;

/// <summary>What this process takes of the machine.</summary>
internal static class ThisProcess
{
    /// <summary>The most memory that was ever resident.</summary>
    public static long PeakMiB => Status("VmHWM:") / 1024;

    public static int Threads => (int)Status("Threads:");

    public static int Descriptors => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static long Status(string field)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
