namespace Balsam.Load.Host.Applications;

internal sealed class Echo : FunctionApplication<int, int>
{
    protected override Task<int> Run(int input, RunContext context, CancellationToken cancellationToken) =>
        input < 0 ? throw new InvalidOperationException("The input is negative.") : Task.FromResult(input);
}
