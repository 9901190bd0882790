namespace Balsam.Crash;

/// <summary>A function: gives back its number.</summary>
/// <param name="kill">Whether the host dies here.</param>
public sealed class Echo(KillSwitch kill) : FunctionApplication<int, int>
{
    protected override Task<int> Run(int input, RunContext context, CancellationToken cancellationToken)
    {
        kill.Reach(CrashInstants.Function);
        return Task.FromResult(input);
    }
}
