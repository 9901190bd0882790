using Microsoft.Extensions.DependencyInjection;

namespace Balsam;

/// <summary>The builder is nothing but the services.</summary>
internal sealed record BalsamBuilder(IServiceCollection Services) : IBalsamBuilder;
