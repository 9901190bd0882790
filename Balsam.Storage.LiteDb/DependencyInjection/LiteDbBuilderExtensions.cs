using Balsam.Storage.LiteDb;
using Balsam.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam;

/// <summary><c>UseLiteDb</c>.</summary>
public static class LiteDbBuilderExtensions
{
    /// <summary>Keeps jobs in a LiteDB file that this process owns: durable, embedded, no server.</summary>
    /// <remarks>The store is there as <see cref="LiteDbJobStore"/> too: <see cref="LiteDbJobStore.BackupAsync"/> and <see cref="LiteDbJobStore.VerifyAsync"/> are called on that.</remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file, absolute or relative to the current directory; it is made where there is none.</param>
    /// <returns>The builder.</returns>
    public static IBalsamBuilder UseLiteDb(this IBalsamBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        builder.Services.AddSingleton(new StoreRegistration($"UseLiteDb(\"{path}\")"));
        builder.Services.TryAddSingleton(provider => new LiteDbJobStore(path, provider.GetRequiredService<TimeProvider>()));
        builder.Services.TryAddSingleton<IJobStore>(provider => provider.GetRequiredService<LiteDbJobStore>());
        return builder;
    }
}
