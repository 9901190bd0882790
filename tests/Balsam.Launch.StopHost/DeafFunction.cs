namespace Balsam.Launch.StopHost;

/// <summary>A function that never returns and heeds nothing.</summary>
public sealed class DeafFunction : FunctionApplication<string, string>
{
    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken)
    {
        Console.WriteLine("code");
        Thread.Sleep(Timeout.Infinite);
        return Task.FromResult(input);
    }
}
