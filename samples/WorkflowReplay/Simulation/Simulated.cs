using System.Globalization;
using Balsam;
using Balsam.Testing.Simulation;

namespace WorkflowReplay.Simulation;

/// <summary>A replay that is only forecast.</summary>
internal sealed class Simulated(Workflow workflow, ReplayOptions options)
{
    /// <summary>Prints the forecast, and writes the report when one is asked for.</summary>
    /// <returns>The exit code: 0.</returns>
    public async Task<int> RunAsync()
    {
        Replay.DemandWritable("--report", options.Report);
        int cores = options.CoresPerNode ?? options.Cores;
        var jobs = new ReplayJobs(workflow, options.Scale, cores);
        jobs.DemandUsable();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Text.Short(workflow.Name)}: {workflow.Tasks.Count} tasks in {workflow.Levels} levels, {workflow.Edges} edges; scale {options.Scale}, simulated on {options.Nodes} {(options.Nodes == 1 ? "node" : "nodes")} of {cores} cores"));
        if (jobs.Capped is { } capped)
        {
            Console.WriteLine(capped);
        }

        CampaignForecast forecast = ReplaySimulator.Of(jobs, options.Nodes, cores, LauncherOverhead.None).Forecast(seeds: 1);
        if (options.Report is { } page)
        {
            await CampaignReport.WriteHtmlAsync(forecast.Typical.Analyze(), page, jobs.ReportOptions);
        }

        Console.WriteLine();
        Console.Write(forecast);
        return 0;
    }
}
