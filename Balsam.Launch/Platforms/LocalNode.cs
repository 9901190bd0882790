using System.Globalization;
using Balsam.Launch.Running;

namespace Balsam.Launch.Platforms;

/// <summary>Finds out what this machine offers to this process.</summary>
public static class LocalNode
{
    /// <summary>Describes this machine as a node: its host name, the cores this process may use, its memory and its GPUs.</summary>
    /// <param name="cancellationToken">Ends the look-up of GPUs.</param>
    /// <returns>The node.</returns>
    /// <remarks>
    /// Limits count, not the hardware: cores are those of the process's affinity, no more than its control group's processor quota (rounded up);
    /// memory is the machine's or the control group's limit, whichever is smaller. GPUs are those of <c>CUDA_VISIBLE_DEVICES</c> when it is set, else
    /// those that <c>nvidia-smi</c> names within five seconds, else none.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<NodeSpec> DetectAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<string> gpus = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is { } visible
            ? VisibleDevices.Parse(visible)
            : await NvidiaSmi.FindGpusAsync(cancellationToken).ConfigureAwait(false);
        (IReadOnlyList<int> cores, MemorySize memory) = OperatingSystem.IsLinux() ? OnLinux() : Elsewhere();
        return new NodeSpec(Environment.MachineName, cores, gpus, memory);
    }

    /// <summary>Keeps as many cores as a quota is worth, at least one.</summary>
    internal static IReadOnlyList<int> Cut(IReadOnlyList<int> cores, double? quota) =>
        quota is { } limit && limit < cores.Count ? [.. cores.Take(Math.Max(1, (int)Math.Ceiling(limit)))] : cores;

    /// <summary>The line <c>MemTotal</c> of <c>/proc/meminfo</c> in bytes; zero when there is none.</summary>
    internal static long ParseMemoryTotal(string memoryInfo)
    {
        foreach (string line in memoryInfo.Split('\n'))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts is ["MemTotal:", { } number, ..] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes))
            {
                return kibibytes * 1024;
            }
        }

        return 0;
    }

    private static (IReadOnlyList<int> Cores, MemorySize Memory) OnLinux()
    {
        IReadOnlyList<int> cores = CoreAffinity.Get(Environment.ProcessId);
        CgroupLimits limits = CgroupLimits.Read("/proc/self/cgroup", "/proc/self/mountinfo");
        long total = ParseMemoryTotal(CgroupLimits.ReadText("/proc/meminfo") ?? string.Empty);
        long memory = total == 0 ? limits.MemoryBytes ?? 0 : Math.Min(total, limits.MemoryBytes ?? long.MaxValue);
        return (Cut(cores.Count > 0 ? cores : AllCores(), limits.Cores), new MemorySize(memory));
    }

    private static (IReadOnlyList<int> Cores, MemorySize Memory) Elsewhere() =>
        (AllCores(), new MemorySize(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));

    private static IReadOnlyList<int> AllCores() => [.. Enumerable.Range(0, Environment.ProcessorCount)];
}
