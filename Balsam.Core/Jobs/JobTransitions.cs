namespace Balsam;

/// <summary>The transition table of the job lifecycle: the only place that says which moves are legal.</summary>
public static class JobTransitions
{
    private static readonly (JobState From, JobTrigger Trigger, JobState To)[] Rows =
    [
        (JobState.Created, JobTrigger.ParentsPending, JobState.AwaitingParents),
        (JobState.Created, JobTrigger.ParentsFinished, JobState.Ready),
        (JobState.AwaitingParents, JobTrigger.ParentsFinished, JobState.Ready),
        (JobState.AwaitingParents, JobTrigger.ParentFailed, JobState.Failed),
        (JobState.Ready, JobTrigger.StagedIn, JobState.StagedIn),
        (JobState.Ready, JobTrigger.TransferFailed, JobState.Failed),
        (JobState.StagedIn, JobTrigger.Preprocessed, JobState.Preprocessed),
        (JobState.StagedIn, JobTrigger.HookFailed, JobState.Failed),
        (JobState.Preprocessed, JobTrigger.Started, JobState.Running),
        (JobState.Preprocessed, JobTrigger.StartFailed, JobState.Failed),
        (JobState.RestartReady, JobTrigger.Started, JobState.Running),
        (JobState.RestartReady, JobTrigger.StartFailed, JobState.Failed),
        (JobState.Running, JobTrigger.RunSucceeded, JobState.RunDone),
        (JobState.Running, JobTrigger.RunFailed, JobState.RunError),
        (JobState.Running, JobTrigger.RunTimedOut, JobState.RunTimeout),
        (JobState.RunDone, JobTrigger.Postprocessed, JobState.Postprocessed),
        (JobState.RunDone, JobTrigger.RetryRequested, JobState.RestartReady),
        (JobState.RunDone, JobTrigger.HookFailed, JobState.Failed),
        (JobState.RunError, JobTrigger.RetryRequested, JobState.RestartReady),
        (JobState.RunError, JobTrigger.HookFailed, JobState.Failed),
        (JobState.RunTimeout, JobTrigger.RetryRequested, JobState.RestartReady),
        (JobState.RunTimeout, JobTrigger.HookFailed, JobState.Failed),
        (JobState.Postprocessed, JobTrigger.StagedOut, JobState.StagedOut),
        (JobState.Postprocessed, JobTrigger.TransferFailed, JobState.Failed),
        (JobState.StagedOut, JobTrigger.Finished, JobState.JobFinished),
        .. JobStates.All.Except(JobStates.Final).Select(state => (state, JobTrigger.Cancelled, JobState.Failed)),
        (JobState.Failed, JobTrigger.Restarted, JobState.RestartReady),
        (JobState.Failed, JobTrigger.ParentRestarted, JobState.AwaitingParents),
        (JobState.JobFinished, JobTrigger.Restarted, JobState.RestartReady),
    ];

    // By state and trigger: each lifecycle asks some twenty times.
    private static readonly JobState?[][] Table = MakeTable();

    /// <summary>Every legal move: from, trigger, to.</summary>
    public static IReadOnlyList<(JobState From, JobTrigger Trigger, JobState To)> All => Rows;

    /// <summary>Looks a move up.</summary>
    /// <param name="from">The state the job is in.</param>
    /// <param name="trigger">What happened.</param>
    /// <param name="to">The state it goes to, when the move is legal.</param>
    /// <returns>Whether the move is legal.</returns>
    public static bool TryGetNext(JobState from, JobTrigger trigger, out JobState to)
    {
        JobState? next = (uint)from < (uint)Table.Length && (uint)trigger < (uint)Table[(int)from].Length ? Table[(int)from][(int)trigger] : null;
        to = next.GetValueOrDefault();
        return next is not null;
    }

    /// <summary>The triggers that are legal in a state.</summary>
    /// <param name="from">The state.</param>
    /// <returns>The triggers in the order of the table.</returns>
    public static IReadOnlyList<JobTrigger> AllowedIn(JobState from) => [.. Rows.Where(row => row.From == from).Select(row => row.Trigger)];

    /// <summary>Whether some trigger leads from one state to another.</summary>
    /// <param name="from">The state to leave.</param>
    /// <param name="to">The state to reach.</param>
    /// <returns>Whether the table has such a row.</returns>
    public static bool IsLegal(JobState from, JobState to) => Rows.Any(row => row.From == from && row.To == to);

    private static JobState?[][] MakeTable()
    {
        int triggers = Rows.Max(row => (int)row.Trigger) + 1;
        JobState?[][] table = [.. Enumerable.Range(0, Rows.Max(row => (int)row.From) + 1).Select(_ => new JobState?[triggers])];
        foreach ((JobState from, JobTrigger trigger, JobState to) in Rows)
        {
            table[(int)from][(int)trigger] = to;
        }

        return table;
    }
}
