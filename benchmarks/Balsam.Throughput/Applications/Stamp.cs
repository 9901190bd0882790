using System.Diagnostics;

namespace Balsam.Throughput.Applications;

/// <summary>A function that only says when it ran.</summary>
internal sealed class Stamp : FunctionApplication<int, long>
{
    /// <summary>When a job's function ran, by the number that is its input.</summary>
    public static long[] Ran { get; } = new long[1 << 20];

    protected override Task<long> Run(int input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(Ran[input] = Stopwatch.GetTimestamp());
}
