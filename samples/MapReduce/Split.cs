using System.ComponentModel;
using Balsam;

namespace MapReduce;

[Description("Cuts a text into parts of at most 64 KiB at line ends, and submits a mapper for each.")]
internal sealed class Split : ApplicationDefinition<Split.Parameters>
{
    public sealed record Parameters(string Text);

    public override CommandTemplate Command => "split --line-bytes=64K --numeric-suffixes --suffix-length=4 {{ text }} part-";

    protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
    {
        string[] parts = [.. Directory.EnumerateFiles(context.Workdir, "part-*").Order(StringComparer.Ordinal)];
        if (parts.Length == 0)
        {
            return PostprocessOutcome.Fail("the text is empty");
        }

        NewJob[] mappers = [.. parts.Select(part => Count.NewJob($"map/{Path.GetFileName(part)}", new Count.Parameters(part)))];
        Job reducer = (await context.GetChildrenAsync(cancellationToken)).Single();
        context.Submit(mappers);
        context.AddParents(reducer.Id, mappers);
        return PostprocessOutcome.Done;
    }
}
