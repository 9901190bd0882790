using Balsam;

namespace WorkflowReplay.Report;

/// <summary>What the events say of one task.</summary>
internal sealed class TaskRecord(WorkflowTask task, Job job)
{
    /// <summary>The task.</summary>
    public WorkflowTask Task { get; } = task;

    /// <summary>How long it was to sleep.</summary>
    public double Asked { get; } = job.GetParameters<ReplayTask.Parameters>().Seconds;

    /// <summary>The cores it had.</summary>
    public int Cores { get; } = job.Resources.CoresPerNode;

    /// <summary>When its parents had finished.</summary>
    public DateTimeOffset Ready { get; private set; }

    /// <summary>When its last run began.</summary>
    public DateTimeOffset Start { get; private set; }

    /// <summary>When its last run ended.</summary>
    public DateTimeOffset End { get; private set; }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>How long the last run took, in seconds.</summary>
    public double Ran => (End - Start).TotalSeconds;

    /// <summary>How long it waited for cores before its last run, in seconds.</summary>
    public double Waited => (Start - Ready).TotalSeconds;

    /// <summary>Takes the next event.</summary>
    public void Read(JobEvent step)
    {
        if (step.To is JobState.Ready or JobState.RestartReady)
        {
            Ready = step.At;
        }
        else if (step.To == JobState.Running)
        {
            Start = step.At;
            Starts++;
        }
        else if (step.From == JobState.Running)
        {
            End = step.At;
        }
    }
}
