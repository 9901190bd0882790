namespace Balsam.EndToEnd.Tests.Programs;

internal sealed class Square : FunctionApplication<int, int>
{
    protected override Task<int> Run(int input, RunContext context, CancellationToken cancellationToken) =>
        Task.FromResult(input < 0 ? throw new ArgumentException($"negative {input}") : input * input);
}
