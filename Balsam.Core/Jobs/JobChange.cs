namespace Balsam;

/// <summary>A change of one job in the making: moves and edits on top of the job as it was read. A store commits it with its events, or not at all.</summary>
public sealed class JobChange
{
    private readonly List<JobEvent> _events = [];

    /// <summary>Starts a change.</summary>
    /// <param name="job">The job as it was read; a commit is refused when the stored job has moved on since.</param>
    public JobChange(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        Before = job;
        After = job.Plain();
    }

    /// <summary>The job as it was read.</summary>
    public Job Before { get; }

    /// <summary>The job as it will be.</summary>
    public Job After { get; private set; }

    /// <summary>Keeps secrets out of what the change says; null for a change that cannot know any.</summary>
    internal SecretKeeper? Secrets { get; init; }

    /// <summary>The steps taken, in order.</summary>
    public IReadOnlyList<JobEvent> Events => _events;

    /// <summary>Moves the job.</summary>
    /// <param name="trigger">What happened.</param>
    /// <param name="at">When.</param>
    /// <param name="message">Why, in words; null where the trigger says it all.</param>
    /// <param name="data">What belongs to the step; null for nothing.</param>
    /// <returns>This change.</returns>
    /// <exception cref="InvalidJobTransitionException">The table does not allow it.</exception>
    public JobChange Apply(JobTrigger trigger, DateTimeOffset at, string? message = null, JobData? data = null)
    {
        After = After.Apply(trigger, at, Secrets is null ? message : Secrets.Mask(message), data, out JobEvent step);
        _events.Add(step);
        return this;
    }

    /// <summary>Moves the job to where it has failed, with the reason.</summary>
    /// <param name="trigger">What happened.</param>
    /// <param name="at">When.</param>
    /// <param name="failure">The reason.</param>
    /// <returns>This change.</returns>
    /// <exception cref="InvalidJobTransitionException">The table does not allow it.</exception>
    public JobChange Fail(JobTrigger trigger, DateTimeOffset at, FailureDetails failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        failure = Secrets is null ? failure : Secrets.Mask(failure);
        Apply(trigger, at, failure.Message);
        return Edit(fields => fields with { Failure = failure, Result = null }, at);
    }

    /// <summary>Ends a run whose launcher was lost, so that its history tells it from runs that were cut off for another reason. For stores, on recovery.</summary>
    /// <param name="at">When.</param>
    /// <param name="message">How the launcher was lost, in words.</param>
    /// <returns>This change: RUN_TIMEOUT by <see cref="FailureKind.LauncherLost"/>.</returns>
    /// <exception cref="InvalidJobTransitionException">The job is not RUNNING.</exception>
    public JobChange LoseLauncher(DateTimeOffset at, string message)
    {
        Apply(JobTrigger.RunTimedOut, at, message, LauncherLosses.Mark);
        return Edit(fields => fields with { Failure = new FailureDetails { Kind = FailureKind.LauncherLost, Message = message }, Result = null }, at);
    }

    /// <summary>Replaces fields that carry no state. Id, key, state, transfers, version and last update cannot be set.</summary>
    /// <param name="edit">Gives the new fields.</param>
    /// <param name="at">When.</param>
    /// <returns>This change.</returns>
    /// <exception cref="InvalidOperationException">The job is to be cleaned up, and has not finished.</exception>
    public JobChange Edit(Func<JobSnapshot, JobSnapshot> edit, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(edit);
        After = After.Edit(edit, at);
        return this;
    }

    /// <summary>Says how far a transfer of the job is: its state, attempts, error, files and bytes. What is transferred cannot be set.</summary>
    /// <param name="slot">The transfer's slot.</param>
    /// <param name="edit">Gives the new item.</param>
    /// <param name="at">When.</param>
    /// <returns>This change.</returns>
    /// <exception cref="ArgumentException">The job has not filled <paramref name="slot"/>.</exception>
    /// <exception cref="InvalidOperationException">The transfer does not move now: stage-in does while the job is READY, stage-out while it is POSTPROCESSED.</exception>
    public JobChange EditTransfer(string slot, Func<TransferItem, TransferItem> edit, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(slot);
        ArgumentNullException.ThrowIfNull(edit);
        After = After.EditTransfer(slot, edit, at);
        return this;
    }
}
