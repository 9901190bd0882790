using System.Globalization;
using System.Runtime.InteropServices;
using Balsam;
using Microsoft.Extensions.DependencyInjection;
using WorkflowReplay.Report;

namespace WorkflowReplay;

/// <summary>A replay from submit to report.</summary>
internal sealed class Replay(Workflow workflow, ReplayOptions options)
{
    private const string WorkflowTag = "workflow";
    private const string TaskTag = "task";
    private const int LongestTag = 250;

    // A command line may be 128 KiB long.
    private const int LongestParentList = 100_000;

    private readonly string _fingerprint = workflow.Fingerprint();

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
                launcher.Filter = new TagFilter(WorkflowTag, _fingerprint);
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
            await site.Client.Reports.WriteHtmlAsync(site.Client.Jobs, page, new ReportOptions { Title = Text.Short(workflow.Name), Label = TaskOf, Group = job => KindOf(TaskOf(job)) });
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
            return await client.SubmitAsync(MakeJobs());
        }

        if (stored.Any(job => job.Tags.GetValueOrDefault(WorkflowTag) != _fingerprint))
        {
            throw new RefusedException("the store holds the replay of another workflow; give a --store of its own. It was left as it is.");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Going on: {stored.Count(job => job.State == JobState.JobFinished)} of {stored.Count} tasks had finished before. Run times and cores are those of the first start."));
        await client.Jobs.InState(JobState.Failed).RestartAsync();
        return stored;
    }

    // What has the longest way to go comes first: the usual heuristic for a short makespan.
    private NewJob[] MakeJobs()
    {
        double[] ways = workflow.LongestWays(Seconds);
        NewJob[] jobs =
        [
            .. workflow.Tasks.Select(task => ReplayTask
                .NewJob(ReplayTask.WorkdirOf(task), new ReplayTask.Parameters(task.Number, task.Id, task.Parents, Seconds(task)))
                .Tag(WorkflowTag, _fingerprint)
                .Tag(TaskTag, task.Id.Length <= LongestTag ? task.Id : string.Concat(task.Id.EnumerateRunes().Take(LongestTag / 2)))
                .WithPriority((int)Math.Min(ways[task.Number - 1] * 1000, int.MaxValue))
                .WithResources(new JobResources
                {
                    ThreadsPerRank = Math.Min(task.Cores, options.Cores),
                    WallTime = TimeSpan.FromSeconds(Math.Ceiling(Seconds(task))),
                })),
        ];
        foreach (WorkflowTask task in workflow.Tasks)
        {
            jobs[task.Number - 1].After(task.Parents.Select(parent => jobs[parent - 1]));
        }

        if (workflow.Tasks.Count(task => task.Cores > options.Cores) is > 0 and var capped)
        {
            Console.WriteLine($"{capped} {(capped == 1 ? "task was" : "tasks were")} recorded on up to {workflow.Tasks.Max(task => task.Cores)} cores, more than the {options.Cores} there are.");
        }

        return jobs;
    }

    // To the millisecond, as events are.
    private double Seconds(WorkflowTask task) => Math.Round(task.Runtime * options.Scale, 3);

    private void DemandUsable()
    {
        if (options.Store is { } store && File.Exists(store))
        {
            throw new RefusedException($"--store {store} is a file; it must be a directory, or a name where one can be made.");
        }

        DemandWritable("--events", options.Events);
        DemandWritable("--report", options.Report);

        foreach (WorkflowTask task in workflow.Tasks)
        {
            if (task.Runtime * options.Scale > TimeSpan.MaxValue.TotalSeconds / 1000)
            {
                throw new RefusedException($"task '{Text.Short(task.Id)}' would sleep too long; give a smaller --scale.");
            }

            if (task.Parents.Sum(parent => parent.ToString(CultureInfo.InvariantCulture).Length + 1) > LongestParentList)
            {
                throw new RefusedException($"task '{Text.Short(task.Id)}' has {task.Parents.Count} parents, more than fit into a command line.");
            }
        }
    }

    private static void DemandWritable(string option, string? path)
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

    private static string TaskOf(JobTimeline job) => job.Tags[TaskTag];

    // The ids of a workflow's tasks are the name of the program and a number, for example mProject_ID0000001.
    private static string KindOf(string id) => id.LastIndexOf('_') is > 0 and var end ? id[..end] : id;

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
