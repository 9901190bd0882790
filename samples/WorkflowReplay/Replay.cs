using System.Globalization;
using System.Runtime.InteropServices;
using Balsam;
using Microsoft.Extensions.DependencyInjection;
using WorkflowReplay.Report;

namespace WorkflowReplay;

/// <summary>A replay from submit to report.</summary>
internal sealed class Replay(Workflow workflow, ReplayOptions options)
{
    // A command line may be 128 KiB long.
    private const int LongestParentList = 100_000;

    private readonly ReplayJobs _jobs = new(workflow, options.Scale, options.Cores);

    /// <summary>Runs what is left of the replay.</summary>
    /// <returns>The exit code: 0 when every task has finished.</returns>
    public async Task<int> RunAsync()
    {
        DemandUsable();
        string store = options.Store ?? Directory.CreateTempSubdirectory("balsam-replay-").FullName;
        using var interrupted = PosixSignalRegistration.Create(
            PosixSignal.SIGINT, _ => Console.Error.WriteLine($"\nStopping what runs. The replay goes on with --store {store}"));
        bool finished = await RunInAsync(store);
        if (options.Store is null)
        {
            if (finished)
            {
                Directory.Delete(store, recursive: true);
            }
            else
            {
                Console.Error.WriteLine($"Its files are in {store}; --store {store} tries again.");
            }
        }

        return finished ? 0 : 1;
    }

    private async Task<bool> RunInAsync(string store)
    {
        await using var site = await BalsamSite.OpenAsync(store, balsam => balsam
            .AddApplication<ReplayTask>()
            .AddLauncher(launcher =>
            {
                launcher.Nodes.Add(new NodeSpec("replay", options.Cores));
                launcher.Filter = new TagFilter(ReplayJobs.WorkflowTag, _jobs.Fingerprint);
            }));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Text.Short(workflow.Name)}: {workflow.Tasks.Count} tasks in {workflow.Levels} levels, {workflow.Edges} edges; scale {options.Scale}, {options.Cores} cores, store {store}"));
        IReadOnlyList<Job> jobs = await SubmitOnceAsync(site.Client);
        await using (ConsoleProgress.Show(site.Client))
        {
            await site.RunUntilIdleAsync();
        }

        List<JobEvent> events = await site.Client.Events.ToListAsync();
        if (options.Events is { } path)
        {
            await EventFile.WriteAsync(path, events, jobs);
        }

        if (options.Report is { } page)
        {
            await site.Client.Reports.WriteHtmlAsync(site.Client.Jobs, page, _jobs.ReportOptions);
        }

        jobs = await site.Client.Jobs.ToListAsync();
        bool finished = jobs.All(job => job.State == JobState.JobFinished);
        if (finished)
        {
            Console.Write(new ReplayReport(workflow, options.Cores, jobs, events).Write());
        }
        else
        {
            ShowFailures(site, jobs);
        }

        return finished;
    }

    // The submit is one atomic call: after a crash, either all tasks are in the store or none.
    private async Task<IReadOnlyList<Job>> SubmitOnceAsync(BalsamClient client)
    {
        List<Job> stored = await client.Jobs.ToListAsync();
        if (stored.Count == 0)
        {
            if (_jobs.Capped is { } capped)
            {
                Console.WriteLine(capped);
            }

            return await client.SubmitAsync(_jobs.Make());
        }

        if (stored.Any(job => job.Tags.GetValueOrDefault(ReplayJobs.WorkflowTag) != _jobs.Fingerprint))
        {
            throw new RefusedException("the store holds the replay of another workflow; give a --store of its own. It was left as it is.");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Going on: {stored.Count(job => job.State == JobState.JobFinished)} of {stored.Count} tasks had finished before. Run times and cores are those of the first start."));
        await client.Jobs.InState(JobState.Failed).RestartAsync();
        return stored;
    }

    private void DemandUsable()
    {
        if (options.Store is { } store && File.Exists(store))
        {
            throw new RefusedException($"--store {store} is a file; it must be a directory, or a name where one can be made.");
        }

        DemandWritable("--events", options.Events);
        DemandWritable("--report", options.Report);
        _jobs.DemandUsable();
        foreach (WorkflowTask task in workflow.Tasks)
        {
            if (task.Parents.Sum(parent => parent.ToString(CultureInfo.InvariantCulture).Length + 1) > LongestParentList)
            {
                throw new RefusedException($"task '{Text.Short(task.Id)}' has {task.Parents.Count} parents, more than fit into a command line.");
            }
        }
    }

    internal static void DemandWritable(string option, string? path)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            using FileStream _ = File.Open(path, FileMode.OpenOrCreate, FileAccess.Write);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"{option} {path} cannot be written ({exception.Message})");
        }
    }

    private static void ShowFailures(BalsamSite site, IReadOnlyList<Job> jobs)
    {
        Job[] left = [.. jobs.Where(job => job.State != JobState.JobFinished)];
        Console.Error.WriteLine($"{left.Length} of {jobs.Count} tasks have not finished:");
        foreach (Job job in left.OrderBy(job => job.Failure?.Kind == FailureKind.ParentFailed).Take(5))
        {
            Console.Error.WriteLine($"  {Text.Short(job.GetParameters<ReplayTask.Parameters>().Id)}: {job.State.ToText()}: {job.Failure?.Message} See {Path.Combine(site.WorkdirOf(job), "job.out")}");
        }
    }
}
