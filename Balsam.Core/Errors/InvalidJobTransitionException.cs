namespace Balsam;

/// <summary>A move that the lifecycle does not allow.</summary>
public sealed class InvalidJobTransitionException : BalsamException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="from">The state it is in.</param>
    /// <param name="trigger">What was to happen.</param>
    public InvalidJobTransitionException(JobId jobId, JobState from, JobTrigger trigger)
        : base($"Job {jobId} is {from.ToText()}, where '{trigger}' is not possible. Possible there: {Describe(from)}.")
    {
        JobId = jobId;
        From = from;
        Trigger = trigger;
    }

    /// <summary>Makes an exception for a move that waits for transfers.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="from">The state it is in.</param>
    /// <param name="trigger">What was to happen.</param>
    /// <param name="open">The transfers that have not arrived.</param>
    public InvalidJobTransitionException(JobId jobId, JobState from, JobTrigger trigger, IReadOnlyList<TransferItem> open)
        : base($"Job {jobId} is {from.ToText()}, where '{trigger}' is not possible before these transfers are done: {string.Join(", ", open.Select(item => $"'{item.Slot}' ({item.Remote}) is {item.State.ToText()}"))}.")
    {
        JobId = jobId;
        From = from;
        Trigger = trigger;
        OpenTransfers = open;
    }

    /// <summary>The job.</summary>
    public JobId JobId { get; }

    /// <summary>The state it is in.</summary>
    public JobState From { get; }

    /// <summary>What was to happen.</summary>
    public JobTrigger Trigger { get; }

    /// <summary>The state the trigger would lead to from another state; null when it leads to several.</summary>
    public JobState? To => JobTransitions.All.Where(row => row.Trigger == Trigger).Select(row => row.To).Distinct().ToArray() is [var only] ? only : null;

    /// <summary>What is possible in that state.</summary>
    public IReadOnlyList<JobTrigger> Allowed => [.. JobTransitions.AllowedIn(From).Where(trigger => OpenTransfers.Count == 0 || trigger != Trigger)];

    /// <summary>The transfers that have to be done before; empty when the state alone forbids the move.</summary>
    public IReadOnlyList<TransferItem> OpenTransfers { get; } = [];

    private static string Describe(JobState from) =>
        string.Join(", ", JobTransitions.All.Where(row => row.From == from).Select(row => $"{row.Trigger} (to {row.To.ToText()})"));
}
