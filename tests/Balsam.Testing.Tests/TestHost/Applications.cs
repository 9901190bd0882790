namespace Balsam.Testing.Tests;

/// <summary>A command with every hook left as it is.</summary>
public sealed class Plain : ApplicationDefinition<Plain.Parameters>
{
    public sealed record Parameters(int Number = 0);

    public override CommandTemplate Command => "plain {{ number }}";

    public static NewJob Job(string workdir, int number = 0) => Plain.NewJob(workdir, new Parameters(number));
}

/// <summary>A command that is tried again, and reads what it wrote.</summary>
public sealed class Relax : ApplicationDefinition<Relax.Parameters>
{
    public sealed record Parameters(string Input);

    public override CommandTemplate Command => "relax --in {{ input }}";

    protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
    {
        context.Data.Set("energy", double.Parse(await File.ReadAllTextAsync(Path.Combine(context.Workdir, "energy.txt"), cancellationToken), System.Globalization.CultureInfo.InvariantCulture));
        return PostprocessOutcome.Done;
    }

    protected override Task<ErrorOutcome> HandleError(JobContext context, CancellationToken cancellationToken) =>
        Task.FromResult(context.Attempt < 3 ? ErrorOutcome.Restart("once more") : ErrorOutcome.Fail("three attempts"));
}

/// <summary>A function that waits for the time of its host.</summary>
public sealed class Sleeper(TimeProvider time) : FunctionApplication<TimeSpan, string>
{
    protected override async Task<string> Run(TimeSpan input, RunContext context, CancellationToken cancellationToken)
    {
        DateTimeOffset from = time.GetUtcNow();
        await Task.Delay(input, time, cancellationToken);
        return (time.GetUtcNow() - from).ToString();
    }
}
