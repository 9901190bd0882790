using System.Globalization;
using Balsam;

namespace WorkflowReplay;

/// <summary>The jobs of a replay: one for each task, at a scale, on nodes of so many cores.</summary>
internal sealed class ReplayJobs(Workflow workflow, double scale, int cores)
{
    public const string WorkflowTag = "workflow";
    private const string TaskTag = "task";
    private const int LongestTag = 250;

    /// <summary>What tells the workflow from others.</summary>
    public string Fingerprint { get; } = workflow.Fingerprint();

    /// <summary>Says of how many tasks the cores are cut; null when of none.</summary>
    public string? Capped => workflow.Tasks.Count(task => task.Cores > cores) is > 0 and var capped
        ? string.Create(CultureInfo.InvariantCulture, $"{capped} {(capped == 1 ? "task was" : "tasks were")} recorded on up to {workflow.Tasks.Max(task => task.Cores)} cores, more than the {cores} there are.")
        : null;

    /// <summary>How a report names them.</summary>
    public ReportOptions ReportOptions { get; } = new() { Title = Text.Short(workflow.Name), Label = TaskOf, Group = job => KindOf(TaskOf(job)) };

    /// <exception cref="RefusedException">A task would take too long.</exception>
    public void DemandUsable()
    {
        if (workflow.Tasks.FirstOrDefault(task => task.Runtime * scale > TimeSpan.MaxValue.TotalSeconds / 1000) is { } task)
        {
            throw new RefusedException($"task '{Text.Short(task.Id)}' would sleep too long; give a smaller --scale.");
        }
    }

    // What has the longest way to go comes first: the usual heuristic for a short makespan.
    public NewJob[] Make()
    {
        double[] ways = workflow.LongestWays(Seconds);
        NewJob[] jobs =
        [
            .. workflow.Tasks.Select(task => ReplayTask
                .NewJob(ReplayTask.WorkdirOf(task), new ReplayTask.Parameters(task.Number, task.Id, task.Parents, Seconds(task)))
                .Tag(WorkflowTag, Fingerprint)
                .Tag(TaskTag, task.Id.Length <= LongestTag ? task.Id : string.Concat(task.Id.EnumerateRunes().Take(LongestTag / 2)))
                .WithPriority((int)Math.Min(ways[task.Number - 1] * 1000, int.MaxValue))
                .WithResources(new JobResources
                {
                    ThreadsPerRank = Math.Min(task.Cores, cores),
                    WallTime = TimeSpan.FromSeconds(Math.Ceiling(Seconds(task))),
                })),
        ];
        foreach (WorkflowTask task in workflow.Tasks)
        {
            jobs[task.Number - 1].After(task.Parents.Select(parent => jobs[parent - 1]));
        }

        return jobs;
    }

    // To the millisecond, as events are.
    private double Seconds(WorkflowTask task) => Math.Round(task.Runtime * scale, 3);

    private static string TaskOf(JobTimeline job) => job.Tags[TaskTag];

    // The ids of a workflow's tasks are the name of the program and a number, for example mProject_ID0000001.
    private static string KindOf(string id) => id.LastIndexOf('_') is > 0 and var end ? id[..end] : id;
}
