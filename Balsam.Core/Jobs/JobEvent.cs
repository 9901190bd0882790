namespace Balsam;

/// <summary>One step of one job: what the history and the event stream are made of.</summary>
public sealed record JobEvent
{
    /// <summary>The place of the event in the store's history, rising without end; 0 until a store has taken it. It is the resume token of the stream.</summary>
    public long Sequence { get; internal set; }

    /// <summary>Brings a stored event back with its number. For stores.</summary>
    /// <param name="sequence">The number.</param>
    /// <returns>The event.</returns>
    public JobEvent WithSequence(long sequence) => this with { Sequence = sequence };

    /// <summary>The job.</summary>
    public required JobId JobId { get; init; }

    /// <summary>The state the job left.</summary>
    public required JobState From { get; init; }

    /// <summary>What happened.</summary>
    public required JobTrigger Trigger { get; init; }

    /// <summary>The state the job went to.</summary>
    public required JobState To { get; init; }

    /// <summary>When, in UTC, to the millisecond.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Why, in words; null where the trigger says it all.</summary>
    public string? Message { get; init; }

    /// <summary>What belongs to the step, for example nodes, cores and attempt of a start.</summary>
    public JobData Data { get; init; } = JobData.Empty;

    /// <summary>Writes the step on one line.</summary>
    /// <returns>For example <c>17 2026-11-23T14:39:38.123Z job 4: READY → STAGED_IN (StagedIn)</c>, with the message at the end when there is one.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Sequence} {Instants.ToText(At)} job {JobId}: {From.ToText()} → {To.ToText()} ({Trigger}){(Message is null ? "" : $": {Message}")}");
}
