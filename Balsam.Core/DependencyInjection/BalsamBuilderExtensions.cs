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

    /// <summary>Makes a place known that jobs of this site exchange files with: <c>AddTransferLocation("laptop", "sftp://ada@laptop/home/ada")</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name that jobs use: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, beginning with a letter or digit. The last call for a name counts.</param>
    /// <param name="uri">Where it is, without a password. What a job names is a path below it.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="uri"/> is no absolute URI. A name that cannot be used is refused when the host starts.</exception>
    public static IBalsamBuilder AddTransferLocation(this IBalsamBuilder builder, string name, string uri)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(uri);
        return Uri.TryCreate(uri, UriKind.Absolute, out Uri? place)
            ? builder.ConfigureTransfers(options => options.Locations[name] = place)
            : throw new ArgumentException($"'{uri}' is no absolute URI. Write one like sftp://ada@laptop/home/ada or file:///archive.", nameof(uri));
    }

    /// <summary>Sets which places the site exchanges files with, and how.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    public static IBalsamBuilder ConfigureTransfers(this IBalsamBuilder builder, Action<TransferOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(configure);
        return builder;
    }
}
