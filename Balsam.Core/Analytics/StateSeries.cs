namespace Balsam;

/// <summary>How many jobs are in each state over time, and how many have ended.</summary>
internal sealed record StateSeries(IReadOnlyDictionary<JobState, StepSeries> Occupancy, StepSeries Finished, StepSeries Failed)
{
    private const int StateBits = 4;
    private const int StateMask = (1 << StateBits) - 1;

    public static StateSeries Of(IReadOnlyList<JobTimeline> jobs)
    {
        SeriesWriter[] occupancy = [.. Enumerable.Range(0, (int)JobState.Failed + 1).Select(_ => new SeriesWriter())];
        var finished = new SeriesWriter();
        var failed = new SeriesWriter();
        foreach (long move in Moves(jobs))
        {
            long at = move >> (2 * StateBits);
            int left = (int)(move >> StateBits) & StateMask;
            int entered = (int)move & StateMask;
            if (left != 0)
            {
                occupancy[left].Add(at, -1);
            }

            occupancy[entered].Add(at, 1);
            (entered == (int)JobState.JobFinished ? finished : entered == (int)JobState.Failed ? failed : null)?.Add(at, 1);
        }

        return new StateSeries(JobStates.All.ToDictionary(state => state, state => occupancy[(int)state].ToSeries()), finished.ToSeries(), failed.ToSeries());
    }

    // The moves of all jobs by time: the millisecond, the state left (0 for none) and the state entered in one number.
    private static long[] Moves(IReadOnlyList<JobTimeline> jobs)
    {
        var moves = new long[jobs.Sum(job => (long)job.StepCount)];
        int count = 0;
        foreach (JobTimeline job in jobs)
        {
            int left = 0;
            foreach (long step in job.Steps)
            {
                int entered = (int)PackedStep.StateOf(step);
                moves[count++] = (PackedStep.MillisecondOf(step) << (2 * StateBits)) | (long)(left << StateBits) | (long)entered;
                left = entered;
            }
        }

        Array.Sort(moves);
        return moves;
    }
}
