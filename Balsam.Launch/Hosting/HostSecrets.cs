using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Launch.Hosting;

/// <summary>Takes secrets from the host's configuration (files, user secrets, key vaults: whatever the host has set up), else from the environment of the process.</summary>
internal sealed class HostSecrets(IServiceProvider services) : ISecretSource
{
    private readonly IConfiguration? _configuration = services.GetService<IConfiguration>();

    public string? Find(string name) => _configuration?[name] ?? Environment.GetEnvironmentVariable(name);
}
