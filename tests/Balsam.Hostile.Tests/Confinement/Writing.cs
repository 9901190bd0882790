using Microsoft.Extensions.Logging;

namespace Balsam.Hostile.Tests.Confinement;

/// <summary>A function that writes into its workdir.</summary>
internal sealed class Writing : FunctionApplication<string, string>
{
    protected override async Task<string> Run(string input, RunContext context, CancellationToken cancellationToken)
    {
        string workdir = context.CreateWorkdir();
        context.Log.LogInformation("written");
        await File.WriteAllTextAsync(Path.Combine(workdir, "written"), input, cancellationToken);
        return workdir;
    }
}
