using System.Diagnostics;
using Balsam.Throughput.Applications;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>One function on an idle launcher: from the call of submit to the first line of its code, RUNNING stored in between; and from a parent's last line to its child's first.</summary>
internal sealed class LatencyScenario : IScenario
{
    private const int Warm = 200;
    private const int Full = 500;

    public async Task RunAsync(string name, Bench bench)
    {
        int count = bench.Scaled(Full);
        await using BalsamSite site = await Sites.OpenAsync(bench.NewDirectory(), balsam => balsam.AddApplication<Stamp>());
        List<double> submits = [];
        List<double> children = [];
        for (int i = 0; i < Warm + count; i++)
        {
            int number = 2 * i;
            NewJob parent = Stamp.NewJob(number);
            NewJob child = Stamp.NewJob(number + 1).After(parent);
            long begin = Stopwatch.GetTimestamp();
            await site.Client.SubmitAsync([parent, child]);
            await site.RunUntilIdleAsync();
            if (i >= Warm)
            {
                submits.Add(Stopwatch.GetElapsedTime(begin, Stamp.Ran[number]).TotalMilliseconds);
                children.Add(Stopwatch.GetElapsedTime(Stamp.Ran[number], Stamp.Ran[number + 1]).TotalMilliseconds);
            }
        }

        await Sites.DemandFinishedAsync(site, 2 * (Warm + count));
        Add("submit", submits);
        Add("child", children);

        void Add(string what, List<double> milliseconds)
        {
            bench.Figures.Add($"{name}.{what}_p50_ms", milliseconds.Percentile(0.5));
            bench.Figures.Add($"{name}.{what}_p99_ms", milliseconds.Percentile(0.99));
        }
    }
}
