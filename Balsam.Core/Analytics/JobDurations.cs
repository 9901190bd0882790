namespace Balsam;

/// <summary>Collects how long jobs waited and ran.</summary>
internal static class JobDurations
{
    public static IReadOnlyList<ApplicationDurations> Of(IEnumerable<JobTimeline> jobs)
    {
        SortedDictionary<ApplicationName, (int Jobs, List<TimeSpan> Waits, List<TimeSpan> Runs)> applications = [];
        foreach (JobTimeline job in jobs)
        {
            (int count, List<TimeSpan> waits, List<TimeSpan> runs) = applications.TryGetValue(job.Application, out var known) ? known : (0, [], []);
            applications[job.Application] = (count + 1, waits, runs);
            Collect(job, waits, runs);
        }

        return [.. applications.Select(entry => new ApplicationDurations(entry.Key, entry.Value.Jobs, DurationQuantiles.Of(entry.Value.Waits), DurationQuantiles.Of(entry.Value.Runs)))];
    }

    private static void Collect(JobTimeline job, List<TimeSpan> waits, List<TimeSpan> runs)
    {
        long? free = null;
        ReadOnlySpan<long> steps = job.Steps;
        for (int i = 0; i < steps.Length; i++)
        {
            long at = PackedStep.MillisecondOf(steps[i]);
            switch (PackedStep.StateOf(steps[i]))
            {
                case JobState.Ready or JobState.RestartReady:
                    free = at;
                    break;
                case JobState.Running:
                    if (free is { } since)
                    {
                        waits.Add(TimeSpan.FromMilliseconds(at - since));
                    }

                    if (i + 1 < steps.Length)
                    {
                        runs.Add(TimeSpan.FromMilliseconds(PackedStep.MillisecondOf(steps[i + 1]) - at));
                    }

                    free = null;
                    break;
            }
        }
    }
}
