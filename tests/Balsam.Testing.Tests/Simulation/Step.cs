namespace Balsam.Testing.Tests.Simulation;

/// <summary>The application of generated campaigns.</summary>
internal sealed class Step : ApplicationDefinition
{
    public static RetryPolicy Policy { get; } = new(maxAttempts: 2) { Delay = TimeSpan.FromSeconds(90) };

    public override CommandTemplate Command => "step";

    public override RetryPolicy Retry => Policy;
}
