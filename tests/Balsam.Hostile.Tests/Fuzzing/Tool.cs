namespace Balsam.Hostile.Tests.Fuzzing;

/// <summary>A command with parameters of several kinds.</summary>
internal sealed class Tool : ApplicationDefinition<Tool.Parameters>
{
    public sealed record Parameters(string A, string? B = "b", int N = 1, IReadOnlyList<string>? Words = null);

    public override CommandTemplate Command => "tool {{ a }} {{ b }} {{ n }} {{ words }}";
}

/// <summary>A command whose parameters are what its template names.</summary>
internal sealed class Loose : ApplicationDefinition
{
    public override CommandTemplate Command => "loose {{ a }}";
}

/// <summary>A function that takes any text.</summary>
internal sealed class Echo : FunctionApplication<string, string>
{
    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input);
}
