using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balsam;

/// <summary>What hooks and functions have in common: the job, its parents, and what is stored together with their outcome.</summary>
/// <remarks>
/// <para>Data, tags, submitted jobs and added parents are collected, and stored with the outcome in one transaction: all of it, or, when the hook or
/// function throws, is called off, or dies with its host, nothing. So one that is called again after a crash does not submit twice.</para>
/// <para>A job that runs again, because a hook asked for it, calls its function and hooks again, and what they submit then comes on top: ask
/// <see cref="Attempt"/> or <see cref="GetChildrenAsync"/> where that is not wanted.</para>
/// </remarks>
public abstract class ApplicationContext
{
    private readonly Lock _gate = new();
    private readonly List<NewJob> _submitted = [];
    private readonly List<AddedParent> _addedParents = [];

    private protected ApplicationContext(Job job, string workdir, ILogger? log, IReadOnlyList<ParentJob>? parents, IReadOnlyList<Job>? children)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentException.ThrowIfNullOrEmpty(workdir);
        Job = job;
        Workdir = workdir;
        Log = log ?? NullLogger.Instance;
        Data = new JobDataEditor(job.Data);
        Tags = new JobTagEditor(job.Tags);
        ReadParents = _ => Task.FromResult(parents ?? []);
        ReadChildren = _ => Task.FromResult(children ?? []);
    }

    /// <summary>The job as it was when the hook or function was called.</summary>
    public Job Job { get; }

    /// <summary>The job's number.</summary>
    public JobId Id => Job.Id;

    /// <summary>The job's directory, absolute. It exists when a hook is called; a function makes it by <see cref="RunContext.CreateWorkdir"/>.</summary>
    public string Workdir { get; }

    /// <summary>How often the job was started: 1 during and after its first run.</summary>
    public int Attempt => Job.Attempt;

    /// <summary>The job's data. What is set here is stored with the outcome.</summary>
    public JobDataEditor Data { get; }

    /// <summary>The job's tags. What is set here is stored with the outcome.</summary>
    public JobTagEditor Tags { get; }

    /// <summary>A log that is written to <c>balsam.log</c> in the workdir.</summary>
    public ILogger Log { get; }

    /// <summary>The jobs submitted so far.</summary>
    public IReadOnlyList<NewJob> Submitted => Copy(_submitted);

    /// <summary>The parents added so far to jobs that wait.</summary>
    public IReadOnlyList<AddedParent> AddedParents => Copy(_addedParents);

    /// <summary>Set by the launcher.</summary>
    internal Func<CancellationToken, Task<IReadOnlyList<ParentJob>>> ReadParents { get; init; }

    /// <summary>Set by the launcher.</summary>
    internal Func<CancellationToken, Task<IReadOnlyList<Job>>> ReadChildren { get; init; }

    /// <summary>Reads the job's parameters.</summary>
    /// <typeparam name="T">The application's parameter type.</typeparam>
    /// <returns>The parameters.</returns>
    public T GetParameters<T>() => Job.GetParameters<T>();

    /// <summary>Reads the job's parents.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The parents in the order in which the job names them, without those that were deleted.</returns>
    public Task<IReadOnlyList<ParentJob>> GetParentsAsync(CancellationToken cancellationToken = default) => ReadParents(cancellationToken);

    /// <summary>Reads the jobs that have this one as a parent: those submitted with it or later, and those that an earlier hook of it submitted.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The children, by number; what this call submits is not among them yet.</returns>
    public Task<IReadOnlyList<Job>> GetChildrenAsync(CancellationToken cancellationToken = default) => ReadChildren(cancellationToken);

    /// <summary>Submits a job, to be stored with the outcome. See <see cref="Submit(IEnumerable{NewJob})"/>.</summary>
    /// <param name="job">The job.</param>
    /// <returns><paramref name="job"/>, so that others can be made to wait for it.</returns>
    public NewJob Submit(NewJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        Submit([job]);
        return job;
    }

    /// <summary>Submits jobs, and the edges between them, to be stored with the outcome.</summary>
    /// <remarks>
    /// <para>They are checked when the hook or function has returned, all that one call submits together; when one is refused, the hook or function has failed,
    /// and <see cref="FailureDetails.Message"/> names every problem.</para>
    /// <para>They become part of this job's subtree: those that come after none of the submitted jobs, and do not name this job as a parent themselves, run after
    /// its success. When the outcome fails this job, they run after its end, however it ends: else they could never run. Other conditions are named:
    /// <c>context.Submit(Report.NewJob("report").After(context.Job, DependencyCondition.Either))</c>. They belong to this job's site unless they name another.</para>
    /// </remarks>
    /// <param name="jobs">The jobs; parents may be others that the same hook or function submits, in any order, or stored ones.</param>
    public void Submit(IEnumerable<NewJob> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        NewJob[] all = [.. jobs];
        if (all.Contains(null))
        {
            throw new ArgumentException("One of the jobs is null.", nameof(jobs));
        }

        lock (_gate)
        {
            _submitted.AddRange(all);
        }
    }

    /// <summary>Makes a job that waits for parents wait for submitted ones too, stored with the outcome. See <see cref="AddParents(JobId, IEnumerable{JobId}, DependencyCondition)"/>.</summary>
    /// <param name="child">The job that waits.</param>
    /// <param name="parents">Jobs that the same hook or function submits, before or after this call.</param>
    /// <param name="condition">How each must end.</param>
    /// <exception cref="ArgumentException">The child is this job, which waits for nothing.</exception>
    public void AddParents(JobId child, IEnumerable<NewJob> parents, DependencyCondition condition = DependencyCondition.Success)
    {
        ArgumentNullException.ThrowIfNull(parents);
        Add(child, [.. parents.Select(parent => new NewJobParent(parent ?? throw new ArgumentException("One of the parents is null.", nameof(parents)), default, condition))]);
    }

    /// <summary>Makes a job that waits for parents wait for stored ones too, stored with the outcome.</summary>
    /// <remarks>
    /// Often the child waits for this job already: then it cannot go on before the outcome is stored, and the new parents with it. Otherwise it may: when it does not wait any
    /// more, or a circle would arise, nothing is stored, and the hook or function has failed with an <see cref="AddParentsRefusedException"/>.
    /// </remarks>
    /// <param name="child">The job that waits.</param>
    /// <param name="parents">The parents. One that the child has already stays as it is.</param>
    /// <param name="condition">How each must end.</param>
    /// <exception cref="ArgumentException">The child is this job, which waits for nothing.</exception>
    public void AddParents(JobId child, IEnumerable<JobId> parents, DependencyCondition condition = DependencyCondition.Success)
    {
        ArgumentNullException.ThrowIfNull(parents);
        Add(child, [.. parents.Select(parent => new NewJobParent(null, parent != default ? parent : throw new ArgumentException("The id of a parent is not set.", nameof(parents)), condition))]);
    }

    private void Add(JobId child, NewJobParent[] parents)
    {
        if (child == default)
        {
            throw new ArgumentException("The child's id is not set.", nameof(child));
        }

        if (child == Id)
        {
            throw new ArgumentException($"Job {child} is at work and cannot wait for parents; name a job that is {JobState.AwaitingParents.ToText()}.", nameof(child));
        }

        lock (_gate)
        {
            _addedParents.AddRange(parents.Select(parent => new AddedParent(child, parent)));
        }
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
