using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balsam;

/// <summary>What a hook sees of its job.</summary>
public sealed class JobContext
{
    /// <summary>Makes a context; tests of a hook make their own.</summary>
    /// <param name="job">The job as it is now.</param>
    /// <param name="workdir">Its directory, absolute.</param>
    /// <param name="log">Where the hook's log goes; null for nowhere.</param>
    public JobContext(Job job, string workdir, ILogger? log = null)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentException.ThrowIfNullOrEmpty(workdir);
        Job = job;
        Workdir = workdir;
        Log = log ?? NullLogger.Instance;
        Data = new JobDataEditor(job.Data);
    }

    /// <summary>The job as it was when the hook was called.</summary>
    public Job Job { get; }

    /// <summary>The job's number.</summary>
    public JobId Id => Job.Id;

    /// <summary>The job's directory, absolute; it exists.</summary>
    public string Workdir { get; }

    /// <summary>How often the job was started: 1 after its first run.</summary>
    public int Attempt => Job.Attempt;

    /// <summary>The exit code of the last run; null when there is none.</summary>
    public int? ReturnCode => Job.ReturnCode;

    /// <summary>Why the last run failed, with the last lines of its output; null when it did not.</summary>
    public FailureDetails? Failure => Job.Failure;

    /// <summary>The job's data. What is set here is stored with the outcome, in one write; a hook that throws stores nothing.</summary>
    public JobDataEditor Data { get; }

    /// <summary>A log that is written to <c>balsam.log</c> in the workdir.</summary>
    public ILogger Log { get; }

    /// <summary>Reads the job's parameters.</summary>
    /// <typeparam name="T">The application's parameter type.</typeparam>
    /// <returns>The parameters.</returns>
    public T GetParameters<T>() => Job.GetParameters<T>();
}
