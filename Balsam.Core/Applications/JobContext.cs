using Microsoft.Extensions.Logging;

namespace Balsam;

/// <summary>What a hook sees of its job.</summary>
public sealed class JobContext : ApplicationContext
{
    /// <summary>Makes a context; tests of a hook make their own.</summary>
    /// <param name="job">The job as it is now.</param>
    /// <param name="workdir">Its directory, absolute.</param>
    /// <param name="log">Where the hook's log goes; null for nowhere.</param>
    /// <param name="parents">The job's parents; null for none.</param>
    /// <param name="children">The job's children; null for none.</param>
    public JobContext(Job job, string workdir, ILogger? log = null, IReadOnlyList<ParentJob>? parents = null, IReadOnlyList<Job>? children = null)
        : base(job, workdir, log, parents, children)
    {
    }

    /// <summary>The exit code of the last run; null when there is none.</summary>
    public int? ReturnCode => Job.ReturnCode;

    /// <summary>Why the last run failed, with the last lines of its output; null when it did not.</summary>
    public FailureDetails? Failure => Job.Failure;
}
