using Balsam.Launch.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Balsam;

/// <summary><c>AddHealthChecks().AddBalsam()</c>.</summary>
public static class HealthChecksBuilderExtensions
{
    /// <summary>Adds the health of this host's launcher to the host's health checks.</summary>
    /// <remarks>
    /// Healthy: it takes jobs. Degraded: it is paused, stops, has ended or not started yet, or it meets something that it tries again (a store that cannot write or has not answered for 30 seconds, a lost lease).
    /// Unhealthy: it failed, or one of the loops that serve it (the job runner, the renewal of the lease, the store's writer) did; the exception says why.
    /// </remarks>
    /// <param name="builder">What <c>AddHealthChecks</c> gave.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What a failed launcher is reported as; null for unhealthy.</param>
    /// <param name="tags">Tags to select the check by; null for none.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static IHealthChecksBuilder AddBalsam(this IHealthChecksBuilder builder, string name = "balsam", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return builder.Add(new HealthCheckRegistration(name, MakeCheck, failureStatus, tags));
    }

    private static LauncherHealthCheck MakeCheck(IServiceProvider services) => new(services.GetService<LauncherInsight>()
        ?? throw new InvalidOperationException("AddHealthChecks().AddBalsam() reports on this host's launcher, and there is none. Call AddLauncher() in AddBalsam(...), or take the check out."));
}
