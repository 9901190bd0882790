namespace Balsam.Crash;

/// <summary>A job of <c>job.sh</c>, which leaves marks of all its processes. An error makes it run again.</summary>
/// <param name="kill">Whether the host dies here.</param>
public sealed class Script(KillSwitch kill) : ApplicationDefinition<Script.Parameters>
{
    /// <param name="File">The full path of <c>job.sh</c>.</param>
    /// <param name="Kind">What the job does: see <see cref="ScriptKinds"/>.</param>
    public sealed record Parameters(string File, string Kind);

    public override CommandTemplate Command => "/bin/sh {{ file }} {{ kind }}";

    protected override Task<ErrorOutcome> HandleError(JobContext context, CancellationToken cancellationToken)
    {
        kill.Reach(CrashInstants.ErrorHook);
        return Task.FromResult(context.ReturnCode == ScriptKinds.FlakyExit ? ErrorOutcome.Restart("flaky") : ErrorOutcome.Fail($"exit code {context.ReturnCode}"));
    }
}
