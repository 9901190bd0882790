namespace Balsam.Testing;

/// <summary>Calls one hook or function of an application, without a host: for unit tests.</summary>
/// <example><code>
/// var context = new JobContext(TestJobs.Of&lt;Relax&gt;(edit: fields => fields with { State = JobState.RunError, Attempt = 3 }), workdir);
/// HookOutcome outcome = await HookCalls.HandleErrorAsync(new Relax(), context);
/// </code></example>
public static class HookCalls
{
    /// <summary>Calls <c>Preprocess</c>.</summary>
    /// <param name="application">The application.</param>
    /// <param name="context">What it sees of its job.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <returns>What it decides; what it sets and submits is in the context.</returns>
    public static Task<HookOutcome> PreprocessAsync(ApplicationDefinition application, JobContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return application.CallPreprocess(context, cancellationToken);
    }

    /// <summary>Calls <c>Postprocess</c>.</summary>
    /// <param name="application">The application.</param>
    /// <param name="context">What it sees of its job.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <returns>What it decides; what it sets and submits is in the context.</returns>
    public static Task<HookOutcome> PostprocessAsync(ApplicationDefinition application, JobContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return application.CallPostprocess(context, cancellationToken);
    }

    /// <summary>Calls <c>HandleError</c>.</summary>
    /// <param name="application">The application.</param>
    /// <param name="context">What it sees of its job.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <returns>What it decides; what it sets and submits is in the context.</returns>
    public static Task<HookOutcome> HandleErrorAsync(ApplicationDefinition application, JobContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return application.CallHandleError(context, cancellationToken);
    }

    /// <summary>Calls <c>HandleTimeout</c>.</summary>
    /// <param name="application">The application.</param>
    /// <param name="context">What it sees of its job.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <returns>What it decides; what it sets and submits is in the context.</returns>
    public static Task<HookOutcome> HandleTimeoutAsync(ApplicationDefinition application, JobContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return application.CallHandleTimeout(context, cancellationToken);
    }

    /// <summary>Calls the function of a <c>FunctionApplication</c>.</summary>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="application">The application.</param>
    /// <param name="context">What it sees of its job; its input is the job's parameters.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>What it returns, as it would be read back from the store.</returns>
    /// <exception cref="InvalidOperationException">The application is a command.</exception>
    public static async Task<TResult?> RunAsync<TResult>(ApplicationDefinition application, RunContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return JobData.Restore(await application.CallRun(context, cancellationToken).ConfigureAwait(false)).As<TResult>();
    }
}
