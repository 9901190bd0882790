using Balsam;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary><c>AddBalsam</c>.</summary>
public static class BalsamServiceCollectionExtensions
{
    /// <summary>Adds Balsam to a host. Calling it again adds to what is there.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Chooses the store, adds applications and a launcher.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddBalsam(this IServiceCollection services, Action<IBalsamBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(services.AddBalsam());
        return services;
    }

    /// <summary>Adds Balsam to a host. Calling it again adds to what is there.</summary>
    /// <param name="services">The services.</param>
    /// <returns>A builder to choose the store, and to add applications and a launcher.</returns>
    public static IBalsamBuilder AddBalsam(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new ApplicationRegistry(provider.GetServices<ApplicationRegistration>(), provider.GetRequiredService<IServiceScopeFactory>()));
        services.TryAddSingleton<BalsamClient>();
        services.AddOptions<BalsamOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BalsamOptions>, SetupValidator>());
        services.AddOptions<TransferOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TransferOptions>, TransferOptionsValidator>());
        return new BalsamBuilder(services);
    }
}
