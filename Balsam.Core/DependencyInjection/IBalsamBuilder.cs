using Microsoft.Extensions.DependencyInjection;

namespace Balsam;

/// <summary>What <c>AddBalsam</c> gives: packages hang their own calls (<c>UseLiteDb</c>, <c>AddLauncher</c>) on it.</summary>
public interface IBalsamBuilder
{
    /// <summary>The services of the host.</summary>
    IServiceCollection Services { get; }
}
