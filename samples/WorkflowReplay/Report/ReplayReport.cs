using System.Globalization;
using System.Text;
using Balsam;

namespace WorkflowReplay.Report;

/// <summary>What a finished replay came to, from the events of the store.</summary>
internal sealed class ReplayReport
{
    private const int MostKinds = 15;
    private const int Slowest = 5;

    private readonly StringBuilder _text = new();
    private readonly Workflow _workflow;
    private readonly int _cores;
    private readonly TaskRecord[] _records;

    /// <summary>Takes a replay whose tasks have all finished.</summary>
    public ReplayReport(Workflow workflow, int cores, IReadOnlyList<Job> jobs, IEnumerable<JobEvent> events)
    {
        _workflow = workflow;
        _cores = cores;
        Dictionary<JobId, TaskRecord> records = jobs.ToDictionary(job => job.Id, job => new TaskRecord(workflow.Tasks[job.GetParameters<ReplayTask.Parameters>().Number - 1], job));
        FirstStart = DateTimeOffset.MaxValue;
        foreach (JobEvent step in events)
        {
            records[step.JobId].Read(step);
            if (step.To == JobState.Running && step.At < FirstStart)
            {
                FirstStart = step.At;
            }
        }

        _records = [.. records.Values.OrderBy(record => record.Task.Number)];
    }

    private DateTimeOffset FirstStart { get; }

    /// <summary>Writes the report.</summary>
    public string Write()
    {
        double makespan = (_records.Max(record => record.End) - FirstStart).TotalSeconds;
        double critical = _workflow.LongestWays(task => _records[task.Number - 1].Asked).Max();
        double area = _records.Sum(record => record.Asked * record.Cores) / _cores;
        double busy = _records.Sum(record => record.Ran * record.Cores);
        double bound = Math.Max(critical, area);
        Line($"");
        Line($"tasks          {_records.Length} finished");
        Line($"makespan       {makespan:F3} s{(bound > 0 ? FormattableString.Invariant($", {makespan / bound:F2} × the larger bound") : "")}");
        Line($"critical path  {critical:F3} s, the longest way through the graph");
        Line($"area           {area:F3} s, all work spread over {_cores} cores");
        Line($"utilization    {(makespan > 0 ? busy / (_cores * makespan) : 0):P1}, {busy:F3} busy core-seconds");
        if (_records.Sum(record => record.Starts - 1) is > 0 and var repeated)
        {
            Line($"interrupted    {repeated} runs were started again; the makespan holds the pauses between the starts");
        }

        WriteKinds();
        WriteSlowest();
        return _text.ToString();
    }

    private void WriteKinds()
    {
        var kinds = _records.GroupBy(record => record.Task.Kind).OrderByDescending(kind => kind.Sum(record => record.Ran)).ToArray();
        Line($"");
        Line($"{"kind",-32} {"tasks",6} {"asked s",9} {"ran s",9} {"waited s",9}   (means)");
        foreach (var kind in kinds.Take(MostKinds))
        {
            Line($"{Cut(kind.Key),-32} {kind.Count(),6} {kind.Average(record => record.Asked),9:F3} {kind.Average(record => record.Ran),9:F3} {kind.Average(record => record.Waited),9:F3}");
        }

        if (kinds.Length > MostKinds)
        {
            Line($"… and {kinds.Length - MostKinds} more kinds");
        }
    }

    private void WriteSlowest()
    {
        Line($"");
        Line($"{"slowest tasks",-32} {"cores",6} {"asked s",9} {"ran s",9} {"waited s",9}");
        foreach (TaskRecord record in _records.OrderByDescending(record => record.Ran).Take(Slowest))
        {
            Line($"{Cut(record.Task.Id),-32} {record.Cores,6} {record.Asked,9:F3} {record.Ran,9:F3} {record.Waited,9:F3}");
        }
    }

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Cut(string name) => Text.OneLine(name.Length <= 32 ? name : string.Concat("…", name.AsSpan(name.Length - 31)));
}
