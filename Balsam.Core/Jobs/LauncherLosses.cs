namespace Balsam;

/// <summary>How often a job's launcher was lost while it ran, as the job's history says: the count needs no field, and a crash cannot take it back.</summary>
public static class LauncherLosses
{
    /// <summary>What the step to RUN_TIMEOUT of a lost launcher carries as its data.</summary>
    internal static JobData Mark { get; } = JobData.Parse("{\"cause\":\"LauncherLost\"}");

    /// <summary>Counts the launchers that a job has lost one after the other.</summary>
    /// <remarks>A run that ended by itself, well or badly, begins the count anew: its launcher has outlived it. So does a user's restart. A launcher that was stopped counts for nothing.</remarks>
    /// <param name="history">The job's events, oldest first.</param>
    /// <returns>The number.</returns>
    public static int Count(IReadOnlyList<JobEvent> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        int losses = 0;
        for (int i = history.Count - 1; i >= 0; i--)
        {
            switch (history[i].Trigger)
            {
                case JobTrigger.RunTimedOut when history[i].Data.Equals(Mark):
                    losses++;
                    break;
                case JobTrigger.RunSucceeded or JobTrigger.RunFailed or JobTrigger.Restarted or JobTrigger.ParentRestarted:
                    return losses;
                default:
                    break;
            }
        }

        return losses;
    }
}
