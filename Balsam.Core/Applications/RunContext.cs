using Microsoft.Extensions.Logging;

namespace Balsam;

/// <summary>What a function sees of its job while it runs. What it submits and sets is stored with its result.</summary>
public sealed class RunContext : ApplicationContext
{
    /// <summary>Makes a context; tests of a function make their own.</summary>
    /// <param name="job">The job as it was started.</param>
    /// <param name="workdir">Its directory, absolute.</param>
    /// <param name="placement">The cores and GPUs that are the job's own; null for none stated.</param>
    /// <param name="log">Where the function's log goes; null for nowhere.</param>
    /// <param name="parents">The job's parents; null for none.</param>
    /// <param name="children">The job's children; null for none.</param>
    public RunContext(
        Job job, string workdir, Placement? placement = null, ILogger? log = null, IReadOnlyList<ParentJob>? parents = null, IReadOnlyList<Job>? children = null)
        : base(job, workdir, log, parents, children) => Placement = placement ?? new Placement([]);

    /// <summary>The cores and GPUs that are the job's own.</summary>
    public Placement Placement { get; }

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
