using System.Collections.Concurrent;

namespace Balsam.Launch.Tests.Engine;

/// <summary>What the test applications do, as delegates that a test sets.</summary>
internal sealed class Behaviour
{
    public Func<string, RunContext, CancellationToken, Task<string>> Run { get; set; } = (input, _, _) => Task.FromResult(input);

    public Func<JobContext, CancellationToken, Task<PreprocessOutcome>> Preprocess { get; set; } = (_, _) => Task.FromResult(PreprocessOutcome.Ready);

    public Func<JobContext, CancellationToken, Task<PostprocessOutcome>> Postprocess { get; set; } = (_, _) => Task.FromResult(PostprocessOutcome.Done);

    public Func<JobContext, CancellationToken, Task<ErrorOutcome>> HandleError { get; set; } = (context, _) => Task.FromResult(ErrorOutcome.Fail(context.Failure!.Message));

    public Func<JobContext, CancellationToken, Task<TimeoutOutcome>> HandleTimeout { get; set; } = (_, _) => Task.FromResult(TimeoutOutcome.Restart("again"));

    /// <summary>What <see cref="Retrying"/> does with errors.</summary>
    public RetryPolicy? Retry { get; set; }

    /// <summary>Whether an application that can be made once was.</summary>
    public bool Made { get; set; }

    /// <summary>What happened, in order.</summary>
    public ConcurrentQueue<string> Diary { get; } = new();

    public void Note(string entry) => Diary.Enqueue(entry);
}

/// <summary>A function without hooks.</summary>
internal sealed class Work(Behaviour behaviour) : FunctionApplication<string, string>
{
    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => behaviour.Run(input, context, cancellationToken);
}

/// <summary>A function with a retry policy instead of hooks.</summary>
internal sealed class Retrying(Behaviour behaviour) : FunctionApplication<string, string>
{
    public override RetryPolicy? Retry => behaviour.Retry;

    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => behaviour.Run(input, context, cancellationToken);
}

/// <summary>A function with all four hooks.</summary>
internal sealed class Hooked(Behaviour behaviour) : FunctionApplication<string, string>
{
    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => behaviour.Run(input, context, cancellationToken);

    protected override Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken) => behaviour.Preprocess(context, cancellationToken);

    protected override Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken) => behaviour.Postprocess(context, cancellationToken);

    protected override Task<ErrorOutcome> HandleError(JobContext context, CancellationToken cancellationToken) => behaviour.HandleError(context, cancellationToken);

    protected override Task<TimeoutOutcome> HandleTimeout(JobContext context, CancellationToken cancellationToken) => behaviour.HandleTimeout(context, cancellationToken);
}

/// <summary>A shell script, without hooks.</summary>
internal sealed class Shell : ApplicationDefinition<Shell.Parameters>
{
    public sealed record Parameters(string Script);

    public override CommandTemplate Command => "/bin/sh -c {{ script }}";
}

/// <summary>A program that needs no shell, without hooks.</summary>
internal sealed class Exec : ApplicationDefinition
{
    public override CommandTemplate Command => "{{ program }} {{ arguments }}";
}

/// <summary>A shell script with an environment and a preamble.</summary>
internal sealed class Prepared : ApplicationDefinition<Prepared.Parameters>
{
    public sealed record Parameters(string Script, string Mode = "good");

    public override CommandTemplate Command => "PREPARED_MODE={{ mode }} /bin/sh -c {{ script }}";

    public override IReadOnlyDictionary<string, string> EnvironmentVariables => new Dictionary<string, string> { ["PREPARED_COLOUR"] = "blue as the sky" };

    public override string Preamble => "export PREPARED_BY=preamble";
}

/// <summary>A preamble that fails.</summary>
internal sealed class Unprepared : ApplicationDefinition
{
    public override CommandTemplate Command => "echo never";

    public override string Preamble => "echo no such module\nexit 5";
}
