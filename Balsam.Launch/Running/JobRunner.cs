using System.Diagnostics.CodeAnalysis;

namespace Balsam.Launch.Running;

/// <summary>Makes the job runner that suits the machine.</summary>
public static class JobRunner
{
    /// <summary>Makes a runner: on Linux one that starts and reaps processes itself on a single thread, elsewhere a portable one.</summary>
    /// <returns>The runner; dispose it to kill what still runs.</returns>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The caller owns the runner.")]
    public static IJobRunner Create() =>
        OperatingSystem.IsLinux() && LinuxJobRunner.IsSupported ? new LinuxJobRunner() : new ProcessJobRunner();
}
