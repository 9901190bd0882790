using Balsam.Storage;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam;

/// <summary><c>UseInMemory</c>.</summary>
public static class InMemoryBuilderExtensions
{
    /// <summary>Keeps jobs in memory: nothing survives the host, unless the store is given and kept. For tests and simulations.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="store">The store; null for a new one, which ends with the host. One that is given is left open, so that a second host can go on with it.</param>
    /// <returns>The builder.</returns>
    public static IBalsamBuilder UseInMemory(this IBalsamBuilder builder, InMemoryJobStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(new StoreRegistration("UseInMemory()"));
        if (store is null)
        {
            builder.Services.TryAddSingleton<IJobStore>(provider => new InMemoryJobStore(provider.GetRequiredService<TimeProvider>()));
        }
        else
        {
            builder.Services.TryAddSingleton<IJobStore>(store);
        }

        return builder;
    }
}
