using System.Globalization;
using Balsam;
using Balsam.Testing.Simulation;
using Microsoft.Extensions.DependencyInjection;
using WorkflowReplay.WfFormat;

namespace WorkflowReplay.Simulation;

/// <summary>Holds forecasts of replays against the replays. The overhead of the launcher is learned from another run, of two chains of sleeps, before each.</summary>
internal sealed class Calibration(ReplayOptions options)
{
    private const double Target = 8;
    private const int ProbeTasks = 20;
    private const double ProbeSeconds = 0.05;

    /// <summary>Prints a row for each instance.</summary>
    /// <returns>The exit code: 0 when every task of every replay has finished.</returns>
    public async Task<int> RunAsync()
    {
        string[] files = Directory.Exists(options.File) ? [.. Directory.GetFiles(options.File, "*.json").Order(StringComparer.Ordinal)] : [options.File];
        if (files.Length == 0)
        {
            throw new RefusedException($"{options.File} holds no *.json.");
        }

        Workflow[] workflows = [.. files.Select(WorkflowReader.Read)];
        Workflow probe = MakeProbe();
        await RunForRealAsync(probe, 1);
        Console.WriteLine($"{"instance",-40} {"tasks",6} {"scale",9} {"start ms",9} {"finish ms",9} {"real s",9} {"forecast s",10} {"error %",8}");
        foreach (Workflow workflow in workflows)
        {
            double scale = options.HasScale ? options.Scale : ScaleOf(workflow);
            (_, LauncherOverhead overhead) = await RunForRealAsync(probe, 1);
            TimeSpan forecast = Forecast(workflow, scale, overhead);
            (TimeSpan real, _) = await RunForRealAsync(workflow, scale);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Cut(workflow.Name),-40} {workflow.Tasks.Count,6} {scale,9:G4} {overhead.Start.TotalMilliseconds,9:F1} {overhead.Finish.TotalMilliseconds,9:F1} {real.TotalSeconds,9:F3} {forecast.TotalSeconds,10:F3} {((forecast / real) - 1) * 100,8:F2}"));
        }

        return 0;
    }

    // A chain for each core, as long as the others.
    private Workflow MakeProbe() => new(
        "probe",
        [.. Enumerable.Range(1, ProbeTasks * options.Cores).Select(number => new WorkflowTask(
            number, string.Create(CultureInfo.InvariantCulture, $"probe_{number}"), "probe", number > options.Cores ? [number - options.Cores] : [], ProbeSeconds, 1))]);

    private double ScaleOf(Workflow workflow) => Forecast(workflow, 1, LauncherOverhead.None) is { Ticks: > 0 } recorded ? Target / recorded.TotalSeconds : 1;

    private TimeSpan Forecast(Workflow workflow, double scale, LauncherOverhead overhead)
    {
        var jobs = new ReplayJobs(workflow, scale, options.Cores);
        jobs.DemandUsable();
        return ReplaySimulator.Of(jobs, 1, options.Cores, overhead).Run().Makespan;
    }

    private async Task<(TimeSpan Makespan, LauncherOverhead Overhead)> RunForRealAsync(Workflow workflow, double scale)
    {
        string store = Directory.CreateTempSubdirectory("balsam-calibration-").FullName;
        try
        {
            await using var site = await BalsamSite.OpenAsync(store, balsam => balsam
                .AddApplication<ReplayTask>()
                .AddLauncher(launcher => launcher.Nodes.Add(new NodeSpec("replay", options.Cores))));
            await site.Client.SubmitAsync(new ReplayJobs(workflow, scale, options.Cores).Make());
            IdleReport report = await site.RunUntilIdleAsync();
            if (!report.AllFinished)
            {
                throw new RefusedException($"{Text.Short(workflow.Name)}: not every task has finished: {report}");
            }

            return ((await site.Client.AnalyzeAsync()).Makespan, await LauncherOverhead.LearnAsync(site.Client, job => TimeSpan.FromSeconds(job.GetParameters<ReplayTask.Parameters>().Seconds)));
        }
        finally
        {
            Directory.Delete(store, recursive: true);
        }
    }

    private static string Cut(string name) => Text.OneLine(name.Length <= 40 ? name : string.Concat(name.AsSpan(0, 39), "…"));
}
