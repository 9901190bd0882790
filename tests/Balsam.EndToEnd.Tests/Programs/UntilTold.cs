namespace Balsam.EndToEnd.Tests.Programs;

/// <summary>Runs until it is cancelled.</summary>
internal sealed class UntilTold : FunctionApplication<string, string>
{
    protected override async Task<string> Run(string input, RunContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return input;
    }
}
