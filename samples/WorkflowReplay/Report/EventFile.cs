using System.Globalization;
using System.Text.Json;
using Balsam;

namespace WorkflowReplay.Report;

/// <summary>Writes events, one JSON object a line.</summary>
internal static class EventFile
{
    /// <summary>Writes events in their order. A task is named by its id, since names repeat in some workflows and parents are given by id.</summary>
    public static async Task WriteAsync(string path, IEnumerable<JobEvent> events, IEnumerable<Job> jobs)
    {
        Dictionary<JobId, string> names = jobs.ToDictionary(job => job.Id, job => job.GetParameters<ReplayTask.Parameters>().Id);
        var file = new StreamWriter(path);
        await using (file)
        {
            foreach (JobEvent step in events)
            {
                var line = new EventLine(
                    step.JobId.Value, names[step.JobId], step.From.ToText(), step.To.ToText(), step.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
                await file.WriteLineAsync(JsonSerializer.Serialize(line, EventJson.Default.EventLine));
            }
        }
    }
}
