namespace Balsam.Throughput.Limits;

/// <summary>What a bare loop took.</summary>
/// <param name="Seconds">From its first start to its last exit.</param>
/// <param name="SecondsToLastStart">From its first start to its last.</param>
/// <param name="OwnCpuSeconds">The CPU time of the loop itself.</param>
/// <param name="ChildCpuSeconds">The CPU time of what it started.</param>
internal sealed record BareLoopResult(double Seconds, double SecondsToLastStart, double OwnCpuSeconds, double ChildCpuSeconds);
