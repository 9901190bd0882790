using Balsam.Launch.Staging;
using Balsam.Launch.Staging.Rsync;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Balsam;

/// <summary><c>AddRsync</c>.</summary>
public static class RsyncBuilderExtensions
{
    /// <summary>Lets locations be directories behind rsync over ssh: <c>rsync+ssh://ada@laptop/home/ada</c>. Both ends need the program. Calling it again sets further options. Linux only.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static IBalsamBuilder AddRsync(this IBalsamBuilder builder, Action<RsyncOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        services.AddOptions<RsyncOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RsyncOptions>, RsyncOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransferProvider, RsyncTransferProvider>());
        return builder;
    }
}
