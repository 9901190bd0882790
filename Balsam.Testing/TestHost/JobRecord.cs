using System.Text.Json;

namespace Balsam.Testing;

/// <summary>A job and its history, with what expectations ask of them.</summary>
internal sealed class JobRecord(Job job, IReadOnlyList<JobEvent> steps, DateTimeOffset start)
{
    public Job Job => job;

    public IEnumerable<JobState> Path => steps.Select(static step => step.To).Prepend(JobState.Created);

    public IReadOnlyList<JobEvent> Starts => [.. steps.Where(static step => step.To == JobState.Running)];

    /// <summary>When it came to its last state; null while it has not ended.</summary>
    public TimeSpan? EndedAt => job.State.IsFinal() ? steps[^1].At - start : null;

    public TimeSpan? StartedAt => Starts is [var first, ..] ? first.At - start : null;

    /// <summary>How long the last run took; null when there is none, or it goes on.</summary>
    public TimeSpan? LastRun
    {
        get
        {
            for (int i = steps.Count - 2; i >= 0; i--)
            {
                if (steps[i].To == JobState.Running)
                {
                    return steps[i + 1].At - steps[i].At;
                }
            }

            return null;
        }
    }

    public IReadOnlyList<string> Nodes => Starts is [.., var last] ? [.. last.Data.Root.GetProperty("nodes").EnumerateArray().Select(static node => node.GetString()!)] : [];

    public double Number(string name) => Starts is [.., var last] && last.Data.Root.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : 0;

    public override string ToString() => JobHistory.Write(job, steps, start);
}
