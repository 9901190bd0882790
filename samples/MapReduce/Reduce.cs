using System.ComponentModel;
using System.Globalization;
using Balsam;

namespace MapReduce;

[Description("Adds up the counts of its parents, those that count, and keeps the most frequent words.")]
internal sealed class Reduce : FunctionApplication<int, WordCounts>
{
    protected override async Task<WordCounts> Run(int kept, RunContext context, CancellationToken cancellationToken)
    {
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (ParentJob mapper in (await context.GetParentsAsync(cancellationToken)).Where(parent => parent.Job.Application == "Count"))
        {
            await foreach (string line in File.ReadLinesAsync(Path.Combine(mapper.Workdir, "job.out"), cancellationToken))
            {
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                counts[fields[1]] = counts.GetValueOrDefault(fields[1]) + long.Parse(fields[0], CultureInfo.InvariantCulture);
            }
        }

        return new WordCounts(
            counts.Values.Sum(), counts.Count, [.. counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).Take(kept).Select(count => new WordCount(count.Key, count.Value))]);
    }
}
