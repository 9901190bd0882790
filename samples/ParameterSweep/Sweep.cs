using System.Globalization;
using System.Runtime.InteropServices;
using Balsam;
using Balsam.Launch;
using Microsoft.Extensions.DependencyInjection;
using ParameterSweep.Ising;
using ParameterSweep.Report;

namespace ParameterSweep;

/// <summary>The study from submit to plot. Whatever was done by an earlier start is not done again.</summary>
internal static class Sweep
{
    private const string GatherWorkdir = "gather";

    /// <summary>Runs what is left of the study, and shows the result.</summary>
    /// <returns>The exit code: 0 when every job has finished.</returns>
    public static async Task<int> RunAsync(SweepSize size)
    {
        using var interrupted = PosixSignalRegistration.Create(
            PosixSignal.SIGINT, _ => Console.Error.WriteLine("\nStopping what runs. Started again, the study goes on where it is."));
        try
        {
            await using var site = await BalsamSite.OpenAsync(size.Directory, balsam => balsam.AddApplication<Simulate>().AddApplication<Gather>());
            await SubmitOnceAsync(site.Client, size);
            IdleReport report;
            await using (ConsoleProgress.Show(site.Client))
            {
                report = await site.RunUntilIdleAsync();
            }

            if (!report.AllFinished)
            {
                await ExplainAsync(site, report);
                return 1;
            }

            await ShowResultAsync(site, size);
            return 0;
        }
        catch (BalsamException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    // The submit is one atomic call: after a crash, either all jobs are in the store or none.
    internal static async Task SubmitOnceAsync(BalsamClient client, SweepSize size)
    {
        long finished = await client.Jobs.InState(JobState.JobFinished).CountAsync();
        if (await client.Jobs.CountAsync() is > 0 and var known)
        {
            Console.WriteLine(finished == known
                ? $"All {known} jobs had finished before; here is their result. To start anew, delete the directory {size.Directory}."
                : $"Going on in {size.Directory}: {finished} of {known} jobs had finished before.");
            await client.Jobs.InState(JobState.Failed).RestartAsync();
            return;
        }

        NewJob[] runs =
        [
            .. from temperature in SweepSize.Temperatures
               from seed in SweepSize.Seeds
               let name = string.Create(CultureInfo.InvariantCulture, $"T{temperature:F2}")
               select Simulate.NewJob($"{name}/seed{seed}", new IsingParameters(size.Lattice, size.Sweeps, temperature, seed))
                   .Tag("temperature", name)
                   .WithResources(new JobResources { WallTime = size.RunTime }),
        ];
        NewJob gather = Gather.NewJob(GatherWorkdir, new Gather.Input([.. runs.Select(run => run.Workdir!)])).After(runs);
        await client.SubmitAsync([.. runs, gather]);
        Console.WriteLine($"Submitted {runs.Length} runs of a {size.Lattice} × {size.Lattice} lattice and the job that gathers them, in {size.Directory}.");
    }

    private static async Task ShowResultAsync(BalsamSite site, SweepSize size)
    {
        Job gather = (await site.Client.Jobs.WithApplication<Gather>().FirstOrDefaultAsync())!;
        SweepPoint[] points = gather.GetResult<SweepPoint[]>()!;
        SweepPoint peak = points.MaxBy(point => point.Susceptibility.Mean)!;
        Console.WriteLine();
        Console.Write(SweepTable.Write(points));
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The susceptibility peaks at T = {peak.Temperature:F2}; the infinite lattice turns at T = {Onsager.CriticalTemperature:F3}."));
        Console.WriteLine($"table  {Path.Combine(size.Directory, Gather.Table)}");
        Console.WriteLine($"plot   {Path.Combine(size.Directory, Gather.Plot)}");
        string page = Path.Combine(size.Directory, "report.html");
        await site.Client.Reports.WriteHtmlAsync(site.Client.Jobs, page, new ReportOptions { Title = "Ising sweep", Label = job => job.Workdir });
        Console.WriteLine($"report {page}");
    }

    private static async Task ExplainAsync(BalsamSite site, IdleReport report)
    {
        Console.Error.WriteLine($"Not all jobs have finished: {report}");
        foreach (Job job in await site.Client.Jobs.InState(JobState.Failed).Take(3).ToListAsync())
        {
            Console.Error.WriteLine($"  {job}: {job.Failure?.Message} See {Path.Combine(site.WorkdirOf(job), "job.out")}.");
        }

        Console.Error.WriteLine("Started again, it tries the failed jobs once more.");
    }
}
