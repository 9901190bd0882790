using Balsam.Launch.Staging;
using Balsam.Transfers.Sftp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Balsam;

/// <summary><c>AddSftp</c>.</summary>
public static class SftpBuilderExtensions
{
    /// <summary>Lets locations be hosts behind SFTP: <c>sftp://ada@laptop/home/ada</c>. Calling it again sets further options.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options; null for the keys and the known hosts of this account's <c>~/.ssh</c>.</param>
    /// <returns>The builder.</returns>
    /// <example><code>
    /// balsam.AddSftp(options => options.Hosts["laptop"] = new SftpHost { PrivateKeyFile = "~/.ssh/id_transfers", PassphraseSecret = "Laptop:Passphrase" });
    /// </code></example>
    public static IBalsamBuilder AddSftp(this IBalsamBuilder builder, Action<SftpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        services.AddOptions<SftpOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SftpOptions>, SftpOptionsValidator>());
        services.TryAddSingleton(provider => new SftpConnector(provider.GetRequiredService<IOptions<SftpOptions>>().Value, provider.GetService<ISecretSource>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransferProvider, SftpTransferProvider>());
        return builder;
    }
}
