using System.Globalization;

namespace Balsam.Launch.Platforms;

/// <summary>The limits that control groups set to a process: its own group's and those of all groups above.</summary>
/// <param name="Cores">The processor quota in cores, or null for none.</param>
/// <param name="MemoryBytes">The memory limit, or null for none.</param>
internal sealed record CgroupLimits(double? Cores, long? MemoryBytes)
{
    // Version 1 writes "no limit" as a number close to the largest one.
    private const long Unlimited = 1L << 60;

    /// <summary>Reads the limits of a process from its <c>cgroup</c> and <c>mountinfo</c> files.</summary>
    public static CgroupLimits Read(string cgroupFile, string mountInfoFile)
    {
        CgroupDirectories directories = CgroupDirectories.Parse(ReadText(cgroupFile) ?? string.Empty, ReadText(mountInfoFile) ?? string.Empty);
        return new CgroupLimits(
            Smallest(directories.Cpu.Select(CoresOf)),
            Smallest(directories.Memory.Select(MemoryOf)));
    }

    /// <summary>Reads <c>cpu.max</c> of version 2: quota and period, or <c>max</c>.</summary>
    public static double? ParseCpuMax(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [{ } quota, { } period] ? Quota(quota, period) : null;

    /// <summary>Reads <c>cpu.cfs_quota_us</c> and <c>cpu.cfs_period_us</c> of version 1; -1 means no limit.</summary>
    public static double? ParseCfs(string quota, string period) => Quota(quota.Trim(), period.Trim());

    /// <summary>Reads <c>memory.max</c> of version 2 or <c>memory.limit_in_bytes</c> of version 1.</summary>
    public static long? ParseMemory(string text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) && bytes is > 0 and < Unlimited ? bytes : null;

    /// <summary>The content of a file, or null when it cannot be read.</summary>
    public static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static double? CoresOf(string directory)
    {
        if (ReadText(Path.Combine(directory, "cpu.max")) is { } unified)
        {
            return ParseCpuMax(unified);
        }

        return ReadText(Path.Combine(directory, "cpu.cfs_quota_us")) is { } quota && ReadText(Path.Combine(directory, "cpu.cfs_period_us")) is { } period
            ? ParseCfs(quota, period)
            : null;
    }

    private static long? MemoryOf(string directory) =>
        (ReadText(Path.Combine(directory, "memory.max")) ?? ReadText(Path.Combine(directory, "memory.limit_in_bytes"))) is { } text ? ParseMemory(text) : null;

    private static double? Quota(string quota, string period) =>
        long.TryParse(quota, NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds)
        && long.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out long each)
        && microseconds > 0 && each > 0
            ? (double)microseconds / each
            : null;

    private static T? Smallest<T>(IEnumerable<T?> values)
        where T : struct => values.Min();
}
