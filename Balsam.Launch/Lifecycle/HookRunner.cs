using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Launch.Lifecycle;

/// <summary>Calls an application's hook for a job: a fresh instance in a scope of its own, with a limit on its time.</summary>
internal sealed class HookRunner(IServiceScopeFactory scopes, SiteDirectory site, ContextDesk desk, SecretKeeper secrets, TimeProvider time, TimeSpan limit)
{
    private delegate Task<HookOutcome> Hook(ApplicationDefinition application, JobContext context, CancellationToken cancellationToken);

    private static readonly FrozenDictionary<JobState, (string Name, Hook Call)> Hooks = new Dictionary<JobState, (string, Hook)>
    {
        [JobState.StagedIn] = ("Preprocess", (application, context, token) => application.CallPreprocess(context, token)),
        [JobState.RunDone] = ("Postprocess", (application, context, token) => application.CallPostprocess(context, token)),
        [JobState.RunError] = ("HandleError", (application, context, token) => application.CallHandleError(context, token)),
        [JobState.RunTimeout] = ("HandleTimeout", (application, context, token) => application.CallHandleTimeout(context, token)),
    }.ToFrozenDictionary();

    /// <summary>The hook that belongs to a state.</summary>
    public static string NameOf(JobState state) => Hooks[state].Name;

    /// <summary>What the default hook decides, without calling the application.</summary>
    public static HookOutcome Default(Job job, ApplicationDescriptor application) => job.State switch
    {
        JobState.StagedIn => PreprocessOutcome.Ready,
        JobState.RunDone => PostprocessOutcome.Done,
        JobState.RunError => RetryPolicy.OnError(application.Retry, job.Attempt, job.Failure),
        JobState.RunTimeout => RetryPolicy.OnTimeout(application.Retry, job.Attempt, job.Failure),
        _ => throw new InvalidOperationException($"No hook belongs to {job.State.ToText()}."),
    };

    public async Task<HookResult> RunAsync(Job job, ApplicationDescriptor application, CancellationToken calledOff)
    {
        (string name, Hook call) = Hooks[job.State];
        using var limited = new CancellationTokenSource(limit, time);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(calledOff, limited.Token);
        var stop = new CancellationTokenSource();
        try
        {
            string workdir = site.Create(job.Workdir);
            using var log = new WorkdirLog(site, job.Workdir, $"#BALSAM Running {name} for Job {job.Id}", secrets, time);
            AsyncServiceScope scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                var context = new JobContext(job, workdir, log) { ReadParents = token => desk.ReadParentsAsync(job, token), ReadChildren = token => desk.ReadChildrenAsync(job, token) };
                try
                {
                    Task<HookOutcome> called = Task.Run(
                        () => call((ApplicationDefinition)scope.ServiceProvider.GetRequiredService(application.Type), context, stop.Token), CancellationToken.None);
                    HookOutcome outcome;
                    try
                    {
                        outcome = await called.WaitAsync(cut.Token).ConfigureAwait(false);
                    }
                    finally
                    {
                        // What the hook hangs on its token runs apart: it can neither hold up nor bring down whoever cancels.
                        _ = cut.IsCancellationRequested ? stop.CancelAsync() : Task.CompletedTask;
                    }

                    return outcome is null
                        ? Failed(FailureKind.HookException, $"{name} returned null; it must return an outcome.")
                        : await CollectAsync(name, context, outcome, cut.Token).ConfigureAwait(false);
                }
                catch (Exception exception) when (!cut.IsCancellationRequested)
                {
                    log.Write(exception.ToString());
                    throw;
                }
            }
        }
        catch (WorkdirException refusal)
        {
            return Failed(FailureKind.HookException, $"{name} was not called. {refusal.Message}");
        }
        catch (OperationCanceledException) when (calledOff.IsCancellationRequested)
        {
            return new HookResult(null, null);
        }
        catch (OperationCanceledException) when (limited.IsCancellationRequested)
        {
            return Failed(FailureKind.HookTimeout, FormattableString.Invariant($"{name} did not return within {limit}."));
        }
        catch (Exception exception)
        {
            return new HookResult(null, FailureDetails.FromException(FailureKind.HookException, exception, $"{name} threw {exception.GetType().Name}: {exception.Message}"));
        }
    }

    private async Task<HookResult> CollectAsync(string name, JobContext context, HookOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            return new HookResult(outcome, null, await desk.CollectAsync(context, outcome.Trigger == JobTrigger.HookFailed, cancellationToken).ConfigureAwait(false));
        }
        catch (BalsamException refusal) when (refusal is not StoreException)
        {
            return new HookResult(null, ContextDesk.Describe(FailureKind.HookException, refusal, name));
        }
    }

    private static HookResult Failed(FailureKind kind, string message) => new(null, new FailureDetails { Kind = kind, Message = message });
}
