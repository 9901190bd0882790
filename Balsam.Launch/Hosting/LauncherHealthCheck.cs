using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Balsam.Launch.Hosting;

/// <summary>Whether this host's launcher runs jobs.</summary>
internal sealed class LauncherHealthCheck(LauncherInsight insight) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        LauncherStatus status = insight.Status;
        HealthStatus health = status switch
        {
            { State: LauncherState.Failed } => context.Registration.FailureStatus,
            { State: LauncherState.Running, Problem: null } => HealthStatus.Healthy,
            _ => HealthStatus.Degraded,
        };
        Dictionary<string, object> data = new() { ["state"] = status.State.ToString() };
        if (status.Since is { } since)
        {
            data["since"] = since;
        }

        if (insight.Session is { } session)
        {
            data["session"] = session.ToString();
        }

        return Task.FromResult(new HealthCheckResult(health, Describe(status), status.Problem, data));
    }

    private static string Describe(LauncherStatus status) => status switch
    {
        { State: LauncherState.Failed } => $"The launcher failed; no jobs run in this host: {status.Problem!.Message}",
        { State: LauncherState.NotStarted } => "The launcher has not started yet.",
        { State: LauncherState.Running, Problem: null } => "The launcher takes jobs.",
        { State: LauncherState.Running } => $"The launcher meets a problem, and tries again: {status.Problem.Message}",
        { State: LauncherState.Paused } => $"The launcher is paused: {status.Reason}{Also(status)}",
        { State: LauncherState.Stopping } => $"The launcher stops because {status.Reason}{Also(status)}",
        _ => $"The launcher has ended because {status.Reason}.",
    };

    private static string Also(LauncherStatus status) => status.Problem is null ? "." : $"; it meets a problem, too: {status.Problem.Message}";
}
