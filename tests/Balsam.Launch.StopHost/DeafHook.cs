namespace Balsam.Launch.StopHost;

/// <summary>A hook that never returns and heeds nothing.</summary>
public sealed class DeafHook : FunctionApplication<string, string>
{
    protected override Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken)
    {
        Console.WriteLine("code");
        Thread.Sleep(Timeout.Infinite);
        return Task.FromResult(PreprocessOutcome.Ready);
    }

    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input);
}
