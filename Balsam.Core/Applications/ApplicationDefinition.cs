using System.Collections.Frozen;

namespace Balsam;

/// <summary>Something that jobs run: a command template or, in <see cref="FunctionApplication{TInput, TOutput}"/>, a .NET function; with four hooks around it.</summary>
/// <remarks>
/// Instances come from dependency injection, one scope per hook call: nothing survives in fields, what must last goes into the job's data.
/// The properties are read once, when the host starts.
/// </remarks>
/// <example><code>
/// public sealed class Simulate : ApplicationDefinition
/// {
///     public override CommandTemplate Command => "simulate --steps {{ steps }}";
/// }
/// </code></example>
public abstract class ApplicationDefinition
{
    /// <summary>The command line, with <c>{{ name }}</c> where a parameter's value goes, shell-quoted.</summary>
    /// <value>Default: null; an application has a command or is a function.</value>
    public virtual CommandTemplate? Command => null;

    /// <summary>The parameters.</summary>
    /// <value>Default: the names in <see cref="Command"/>, each of them required.</value>
    public virtual IReadOnlyList<ApplicationParameter> DeclaredParameters => Command is { } command ? [.. command.Names.Select(name => ApplicationParameter.Mandatory(name))] : [];

    /// <summary>Environment variables that the command gets, beside and above the launcher's own.</summary>
    /// <value>Default: none.</value>
    public virtual IReadOnlyDictionary<string, string> EnvironmentVariables => FrozenDictionary<string, string>.Empty;

    /// <summary>
    /// Environment variables whose values are secret: from the variable's name to the name by which the host's <see cref="ISecretSource"/> knows the secret, for example
    /// <c>["API_TOKEN"] = "Relax:Token"</c>. The launcher looks the value up when a job starts; only the names are ever stored.
    /// </summary>
    /// <remarks>
    /// A host that does not know a secret of its applications refuses to start a launcher. Where a value turns up in what the launcher would store or log (a failure, the last
    /// lines of <c>job.out</c>, <c>balsam.log</c>), the secret's name is put in its place; a submit whose parameters, data or tags hold it is refused. A value has at least
    /// 8 characters. A function gets no variables: it asks the source itself, and names here what is to be masked.
    /// </remarks>
    /// <value>Default: none.</value>
    public virtual IReadOnlyDictionary<string, string> SecretVariables => FrozenDictionary<string, string>.Empty;

    /// <summary>Shell lines (bash) that run before the command, for example <c>module load gromacs</c>. A preamble that fails fails the run.</summary>
    /// <value>Default: null, none.</value>
    public virtual string? Preamble => null;

    /// <summary>What a job of this application asks of nodes unless it says otherwise.</summary>
    /// <value>Default: one core of one node.</value>
    public virtual JobResources Resources => JobResources.Default;

    /// <summary>When to run a failed job again, without writing a hook.</summary>
    /// <value>Default: null: an error fails the job, a run that was ended is repeated.</value>
    public virtual RetryPolicy? Retry => null;

    /// <summary>The files that are brought in before a job's first hook and taken away after its last one. A job fills a slot with <see cref="Balsam.NewJob.Transfer"/>.</summary>
    /// <value>Default: none.</value>
    public virtual IReadOnlyList<TransferSlot> TransferSlots => [];

    /// <summary>Patterns (<c>*.dat</c>, <c>out/**</c>) of files in the workdirs of a job's parents that the job finds in its own, as links, before its first hook.</summary>
    /// <value>Default: none.</value>
    public virtual IReadOnlyList<string> InputsFromParents => [];

    /// <summary>Patterns (<c>*.tmp</c>, <c>scratch/**</c>) of files in the workdir that nobody needs once the job is finished; a launcher whose clean-up is enabled removes them.</summary>
    /// <value>Default: none.</value>
    public virtual IReadOnlyList<string> CleanupFiles => [];

    internal virtual bool IsFunction => false;

    internal virtual Type? ParametersType => null;

    /// <summary>Called before the first run, in the job's workdir: write input files, look at parents.</summary>
    /// <param name="context">The job.</param>
    /// <param name="cancellationToken">Cancelled at the hook's time limit and when the job is cancelled.</param>
    /// <returns>Whether the job may run. Default: <see cref="PreprocessOutcome.Ready"/>.</returns>
    protected virtual Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken) =>
        Task.FromResult(PreprocessOutcome.Ready);

    /// <summary>Called after a run that ended well: read results, decide whether the job is done.</summary>
    /// <param name="context">The job.</param>
    /// <param name="cancellationToken">Cancelled at the hook's time limit and when the job is cancelled.</param>
    /// <returns>What becomes of the job. Default: <see cref="PostprocessOutcome.Done"/>.</returns>
    protected virtual Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken) =>
        Task.FromResult(PostprocessOutcome.Done);

    /// <summary>Called after a run that ended with an error; <see cref="JobContext.Failure"/> says which.</summary>
    /// <param name="context">The job.</param>
    /// <param name="cancellationToken">Cancelled at the hook's time limit and when the job is cancelled.</param>
    /// <returns>What becomes of the job. Default: what <see cref="Retry"/> says, else failure.</returns>
    protected virtual Task<ErrorOutcome> HandleError(JobContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.FromResult(RetryPolicy.OnError(Retry, context.Attempt, context.Failure));
    }

    /// <summary>Called after a run that was ended by its time limit or the launcher's end, or that lost its launcher.</summary>
    /// <param name="context">The job.</param>
    /// <param name="cancellationToken">Cancelled at the hook's time limit and when the job is cancelled.</param>
    /// <returns>What becomes of the job. Default: what <see cref="Retry"/> says, else another run.</returns>
    protected virtual Task<TimeoutOutcome> HandleTimeout(JobContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.FromResult(RetryPolicy.OnTimeout(Retry, context.Attempt, context.Failure));
    }

    internal async Task<HookOutcome> CallPreprocess(JobContext context, CancellationToken cancellationToken) =>
        await Preprocess(context, cancellationToken).ConfigureAwait(false);

    internal async Task<HookOutcome> CallPostprocess(JobContext context, CancellationToken cancellationToken) =>
        await Postprocess(context, cancellationToken).ConfigureAwait(false);

    internal async Task<HookOutcome> CallHandleError(JobContext context, CancellationToken cancellationToken) =>
        await HandleError(context, cancellationToken).ConfigureAwait(false);

    internal async Task<HookOutcome> CallHandleTimeout(JobContext context, CancellationToken cancellationToken) =>
        await HandleTimeout(context, cancellationToken).ConfigureAwait(false);

    /// <summary>Runs the function; its result as JSON.</summary>
    internal virtual Task<string> CallRun(RunContext context, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"{GetType().Name} is not a function.");
}
