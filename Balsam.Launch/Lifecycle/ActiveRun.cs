using Balsam.Launch.Packing;

namespace Balsam.Launch.Lifecycle;

/// <summary>A job that the launcher has started.</summary>
internal sealed class ActiveRun(Job job, ApplicationDescriptor application, Allocation allocation) : IDisposable
{
    /// <summary>The job as it is stored now.</summary>
    public Job Job { get; set; } = job;

    public ApplicationDescriptor Application => application;

    public Allocation Allocation => allocation;

    public Placement Placement { get; } = allocation.Placement;

    /// <summary>Whether its process or function was started: RUNNING is stored before.</summary>
    public bool IsStarted { get; set; }

    /// <summary>Why the launcher ended the run; null while nobody did.</summary>
    public FailureDetails? EndedFor { get; set; }

    /// <summary>Whether somebody took the job out of RUNNING while its process still ran.</summary>
    public bool IsDisowned { get; set; }

    /// <summary>Whether the end of the run is being recorded again, after somebody edited the job.</summary>
    public bool IsRetried { get; set; }

    /// <summary>Whether a function went on beyond the grace time after its cancellation.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>Cancels a function.</summary>
    public CancellationTokenSource? FunctionStop { get; set; }

    public ITimer? TimeLimit { get; set; }

    public ITimer? KillTimer { get; set; }

    public void Dispose()
    {
        TimeLimit?.Dispose();
        KillTimer?.Dispose();
        FunctionStop?.Dispose();
    }
}
