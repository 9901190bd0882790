using System.Runtime.InteropServices;
using System.Text.Json;

namespace Balsam;

/// <summary>How many jobs of an application have each value of each parameter: what failures are held against.</summary>
internal sealed class ParameterCounts
{
    // A parameter of so many values tells jobs apart; what failures have in common is not one of them. It bounds memory, too.
    private const int MostValues = 1000;
    private const int LongestValue = 200;

    private readonly Dictionary<(ApplicationName, string), Dictionary<string, int>?> _values = [];
    private readonly Dictionary<ApplicationName, int> _jobs = [];
    private readonly Dictionary<JobId, (string Name, string Value)[]> _ofFailed = [];

    public void Add(Job job)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_jobs, job.Application, out _)++;
        (string Name, string Value)[] values = [.. ValuesOf(job)];
        foreach ((string name, string value) in values)
        {
            Count(job.Application, name, value);
        }

        if (job.Failure is not null)
        {
            _ofFailed.Add(job.Id, values);
        }
    }

    public int JobsOf(ApplicationName application) => _jobs[application];

    /// <summary>The values of a failed job that are counted, with the number of jobs of its application that have them.</summary>
    public IEnumerable<(string Name, string Value, int Jobs)> OfFailed(JobTimeline job)
    {
        foreach ((string name, string value) in _ofFailed.GetValueOrDefault(job.Id) ?? [])
        {
            if (_values[(job.Application, name)] is { } counts)
            {
                yield return (name, value, counts[value]);
            }
        }
    }

    private void Count(ApplicationName application, string name, string value)
    {
        ref Dictionary<string, int>? counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_values, (application, name), out bool known);
        if (known && counts is null)
        {
            return;
        }

        counts ??= new(StringComparer.Ordinal);
        CollectionsMarshal.GetValueRefOrAddDefault(counts, value, out _)++;
        if (counts.Count > MostValues)
        {
            counts = null;
        }
    }

    private static IEnumerable<(string Name, string Value)> ValuesOf(Job job) => job.Parameters.Root.ValueKind == JsonValueKind.Object
        ? job.Parameters.Root.EnumerateObject()
            .Where(member => member.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            .Select(member => (member.Name, Value: member.Value.GetRawText()))
            .Where(member => member.Value.Length <= LongestValue)
            .DistinctBy(member => member.Name)
        : [];
}
