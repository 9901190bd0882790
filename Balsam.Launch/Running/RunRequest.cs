namespace Balsam.Launch.Running;

/// <summary>A process to start for a job.</summary>
public sealed record RunRequest
{
    /// <summary>The number of the run, unique among all runs of a runner.</summary>
    public required long RunId { get; init; }

    /// <summary>
    /// The program: a path when it contains <c>/</c> (a relative one starts at <see cref="Workdir"/>), else a name that is looked up on the
    /// <c>PATH</c> of the child's environment.
    /// </summary>
    public required string FileName { get; init; }

    /// <summary>The arguments, passed on as they are, without a shell.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The absolute path of the working directory. It is created when missing, with its parents.</summary>
    public required string Workdir { get; init; }

    /// <summary>The directory in which <see cref="Workdir"/> lies and which it must not leave: below it no symbolic link is followed, and one in the way refuses the start.</summary>
    /// <value>Default: null: links are followed wherever they lead. The root itself may be a link.</value>
    public string? Root { get; init; }

    /// <summary>Who may read the directories and the output file that are made.</summary>
    /// <value>Default: <see cref="WorkdirAccess.Owner"/>.</value>
    public WorkdirAccess Access { get; init; } = WorkdirAccess.Owner;

    /// <summary>The name, inside <see cref="Workdir"/>, of the file that takes standard output and standard error.</summary>
    /// <value>Default: <c>job.out</c>. A file of that name is kept: it is first renamed to <c>job.out.1</c>, or the next free number.</value>
    public string OutputPath { get; init; } = "job.out";

    /// <summary>What the child's environment has beyond, or instead of, the launcher's own.</summary>
    /// <value>Default: nothing. Of two entries with one name the later one holds.</value>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>The cores that the process is bound to, by the operating system's numbers.</summary>
    /// <value>Default: null, which leaves the choice to the operating system. So does a list of which this machine has no core.</value>
    public IReadOnlyList<int>? CpuAffinity { get; init; }

    /// <summary>The number of the attempt, from 1; for messages.</summary>
    /// <value>Default: 1.</value>
    public int Attempt { get; init; } = 1;

    /// <summary>What the run's processes are known by when they have emptied their environment; null for nothing.</summary>
    internal ulong? Mark { get; init; }
}
