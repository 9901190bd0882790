namespace Balsam.Launch.CrashHost;

/// <summary>A job whose <c>Postprocess</c> submits others. It tells its id through a pipe when it has, and waits while the file <c>hold</c> is there.</summary>
public sealed class Splitter : ApplicationDefinition<Splitter.Parameters>
{
    public const int Parts = 5;

    public sealed record Parameters(string Directory);

    public override CommandTemplate Command => "true {{ directory }}";

    protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
    {
        string directory = context.GetParameters<Parameters>().Directory;
        Job reducer = (await context.GetChildrenAsync(cancellationToken)).Single();
        NewJob[] parts = [.. Enumerable.Range(0, Parts).Select(i => Script.NewJob($"part{i}", new Script.Parameters("true")))];
        context.Submit(parts);
        context.AddParents(reducer.Id, parts);
        context.Tags.Set("split", "yes");
        if (File.Exists(Path.Combine(directory, "hold")))
        {
            await File.WriteAllTextAsync(Path.Combine(directory, "pipe"), "submitted", cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return PostprocessOutcome.Done;
    }
}
