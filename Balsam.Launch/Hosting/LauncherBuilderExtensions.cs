using Balsam.Launch.Hosting;
using Balsam.Launch.Lifecycle;
using Balsam.Launch.Packing;
using Balsam.Launch.Running;
using Balsam.Launch;
using Balsam.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Balsam;

/// <summary><c>AddLauncher</c>.</summary>
public static class LauncherBuilderExtensions
{
    /// <summary>Adds a launcher that runs jobs in this host, from its start to its stop. Calling it again sets further options of the same launcher.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options; null for the defaults: this machine's cores, memory and GPUs.</param>
    /// <returns>The builder.</returns>
    public static IBalsamBuilder AddLauncher(this IBalsamBuilder builder, Action<LauncherOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        services.AddLogging();
        services.AddOptions<LauncherOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LauncherOptions>, LauncherOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LauncherOptions>, SecretsValidator>());
        services.TryAddSingleton<ISecretSource, HostSecrets>();
        services.TryAddSingleton(provider => new SecretKeeper(provider.GetRequiredService<ApplicationRegistry>(), provider.GetRequiredService<ISecretSource>()));
        services.TryAddSingleton<LauncherNodes>();
        if (services.All(service => service.ImplementationFactory is not Func<IServiceProvider, INodeCatalog>))
        {
            services.AddSingleton<INodeCatalog>(provider => provider.GetRequiredService<LauncherNodes>());
        }

        services.TryAddSingleton<LauncherInsight>();
        if (services.All(service => service.ImplementationFactory is not Func<IServiceProvider, ILauncherInsight>))
        {
            services.AddSingleton<ILauncherInsight>(provider => provider.GetRequiredService<LauncherInsight>());
        }

        services.TryAddSingleton(_ => JobRunner.Create());
        services.TryAddSingleton<IPackingPolicy, BackfillPolicy>();
        services.TryAddSingleton(MakeLauncher);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LauncherService>());
        return builder;
    }

    private static Launcher MakeLauncher(IServiceProvider services) => new(
        services.GetRequiredService<IJobStore>(),
        services.GetRequiredService<ApplicationRegistry>(),
        services.GetRequiredService<LauncherNodes>(),
        services.GetRequiredService<LauncherInsight>(),
        services.GetRequiredService<IJobRunner>(),
        services.GetRequiredService<IPackingPolicy>(),
        services.GetRequiredService<IServiceScopeFactory>(),
        services.GetServices<INodeCatalog>(),
        services.GetRequiredService<IOptions<BalsamOptions>>(),
        services.GetRequiredService<IOptions<LauncherOptions>>(),
        services.GetRequiredService<SecretKeeper>(),
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<Launcher>>(),
        services.GetService<ILauncherConductor>());
}
