using Microsoft.Extensions.Logging;

namespace Balsam.Hostile.Host;

/// <summary>A function and hooks that put the secret into logs, exceptions and decisions.</summary>
public sealed class Blabber(ISecretSource secrets) : FunctionApplication<string, string>
{
    private string Token => secrets.Find(Secrets.Token)!;

    public override IReadOnlyDictionary<string, string> SecretVariables => new Dictionary<string, string> { ["UNUSED"] = Secrets.Token };

    protected override Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken)
    {
        string token = Token;
        context.Log.LogInformation("The token is {Token}", token);
        var bad = new InvalidOperationException($"bad token {token}");
        context.Log.LogError(bad, "no");
        return context.Workdir.EndsWith("hook", StringComparison.Ordinal) ? throw new InvalidOperationException($"hook with {Token}", new IOException(Token)) : Task.FromResult(PreprocessOutcome.Ready);
    }

    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken)
    {
        string token = Token;
        context.Log.LogWarning("Running with {Token}", token);
        switch (input)
        {
            case "result":
                return Task.FromResult($"all about {Token}");
            case "data":
                context.Data.Set("token", Token);
                return Task.FromResult("done");
            case "tag":
                context.Tags.Set("token", Token);
                return Task.FromResult("done");
            default:
                throw new InvalidOperationException($"function with {Token}");
        }
    }

    protected override Task<ErrorOutcome> HandleError(JobContext context, CancellationToken cancellationToken) =>
        Task.FromResult(context.Attempt == 1 ? ErrorOutcome.Restart($"again, with {Token}") : ErrorOutcome.Fail($"enough of {Token}"));
}
