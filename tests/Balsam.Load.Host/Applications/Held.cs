namespace Balsam.Load.Host.Applications;

/// <summary>Waits until the gate is opened.</summary>
internal sealed class Held(TaskCompletionSource gate) : FunctionApplication<int, int>
{
    protected override async Task<int> Run(int input, RunContext context, CancellationToken cancellationToken)
    {
        await gate.Task.WaitAsync(cancellationToken);
        return input;
    }
}
