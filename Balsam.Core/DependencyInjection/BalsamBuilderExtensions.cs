using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Balsam;

/// <summary>What every Balsam host can call on its builder.</summary>
public static class BalsamBuilderExtensions
{
    /// <summary>Makes an application known to this host: its jobs can be submitted and run here.</summary>
    /// <typeparam name="TApplication">The class.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static IBalsamBuilder AddApplication<TApplication>(this IBalsamBuilder builder)
        where TApplication : ApplicationDefinition
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddTransient<TApplication>();
        builder.Services.AddSingleton(new ApplicationRegistration(typeof(TApplication), ApplicationName.Of(typeof(TApplication))));
        return builder;
    }

    /// <summary>Sets options that client and launcher share: data directory and site.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets them.</param>
    /// <returns>The builder.</returns>
    public static IBalsamBuilder Configure(this IBalsamBuilder builder, Action<BalsamOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(configure);
        return builder;
    }
}
