namespace Balsam.Throughput.Applications;

internal sealed class Nothing : FunctionApplication<int, int>
{
    protected override Task<int> Run(int input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input);
}
