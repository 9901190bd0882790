using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balsam;

/// <summary>What a function sees of its job while it runs.</summary>
public sealed class RunContext
{
    /// <summary>Makes a context; tests of a function make their own.</summary>
    /// <param name="job">The job as it was started.</param>
    /// <param name="workdir">Its directory, absolute.</param>
    /// <param name="placement">The cores and GPUs that are the job's own; null for none stated.</param>
    /// <param name="log">Where the function's log goes; null for nowhere.</param>
    public RunContext(Job job, string workdir, Placement? placement = null, ILogger? log = null)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentException.ThrowIfNullOrEmpty(workdir);
        Job = job;
        Workdir = workdir;
        Placement = placement ?? new Placement([]);
        Log = log ?? NullLogger.Instance;
        Data = new JobDataEditor(job.Data);
    }

    /// <summary>The job as it was started.</summary>
    public Job Job { get; }

    /// <summary>The job's directory, absolute. It is made when the application asks for it: see <see cref="CreateWorkdir"/>.</summary>
    public string Workdir { get; }

    /// <summary>How often the job was started: 1 during its first run.</summary>
    public int Attempt => Job.Attempt;

    /// <summary>The cores and GPUs that are the job's own.</summary>
    public Placement Placement { get; }

    /// <summary>The job's data. What is set here is stored with the result, in one write.</summary>
    public JobDataEditor Data { get; }

    /// <summary>A log that is written to <c>balsam.log</c> in the workdir.</summary>
    public ILogger Log { get; }

    /// <summary>Called by <see cref="CreateWorkdir"/>; set by the launcher.</summary>
    internal Action<string>? WorkdirMaker { get; init; }

    /// <summary>Makes the workdir if it is not there. Functions that touch no files cost no directory.</summary>
    /// <returns>The workdir, absolute.</returns>
    public string CreateWorkdir()
    {
        WorkdirMaker?.Invoke(Workdir);
        return Workdir;
    }
}
