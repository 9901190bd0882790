using System.Text.Json;

namespace Balsam;

/// <summary>An application that runs .NET code in the launcher's process instead of a command.</summary>
/// <typeparam name="TInput">What a job gives it; kept as JSON.</typeparam>
/// <typeparam name="TOutput">What it returns; kept as JSON, and read back by <see cref="Job.GetResult{T}"/>.</typeparam>
/// <example><code>
/// public sealed class Norm : FunctionApplication&lt;double[], double&gt;
/// {
///     protected override Task&lt;double&gt; Run(double[] vector, RunContext context, CancellationToken cancellationToken) =>
///         Task.FromResult(Math.Sqrt(vector.Sum(x => x * x)));
/// }
/// </code></example>
public abstract class FunctionApplication<TInput, TOutput> : ApplicationDefinition<TInput>
{
    /// <summary>A function has no command.</summary>
    public sealed override CommandTemplate? Command => null;

    internal sealed override bool IsFunction => true;

    /// <summary>The function.</summary>
    /// <param name="input">What the job gives it.</param>
    /// <param name="context">The job.</param>
    /// <param name="cancellationToken">Cancelled when the job is cancelled, at its time limit, and at the launcher's end.</param>
    /// <returns>The result.</returns>
    protected abstract Task<TOutput> Run(TInput input, RunContext context, CancellationToken cancellationToken);

    internal sealed override async Task<string> CallRun(RunContext context, CancellationToken cancellationToken)
    {
        TOutput output = await Run(context.Job.GetParameters<TInput>(), context, cancellationToken).ConfigureAwait(false);
        return JsonSerializer.Serialize(output, BalsamJson.TypeInfo<TOutput>());
    }
}
