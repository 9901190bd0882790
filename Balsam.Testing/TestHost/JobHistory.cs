using System.Globalization;
using System.Text;

namespace Balsam.Testing;

/// <summary>A job's history as text, with times since the start of the host.</summary>
internal static class JobHistory
{
    public static string Write(Job job, IReadOnlyList<JobEvent> steps, DateTimeOffset start)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder().Append(culture, $"History of {job}, attempt {job.Attempt}:");
        text.Append(culture, $"\n  {At(job.CreatedAt - start)}  CREATED");
        foreach (JobEvent step in steps)
        {
            text.Append(culture, $"\n  {At(step.At - start)}  {step.To.ToText()}");
            if (step.Message is { } message)
            {
                text.Append(": ").Append(message);
            }

            if (!step.Data.IsEmpty)
            {
                text.Append(' ').Append(step.Data.Json);
            }
        }

        for (FailureDetails? failure = job.Failure; failure is not null; failure = failure.Inner)
        {
            text.Append(culture, $"\n{(failure == job.Failure ? "Failure" : "  behind it")}: {failure}");
        }

        return text.ToString();
    }

    public static string At(TimeSpan elapsed) => elapsed.ToString(elapsed.Milliseconds == 0 ? @"d\.hh\:mm\:ss" : @"d\.hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);
}
