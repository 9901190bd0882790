namespace Balsam.Storage;

/// <summary>What the rule of a <see cref="JobBulkChange"/> decided about a job: a change, or why there is none.</summary>
public sealed record JobDecision
{
    private JobDecision(JobChange? change, UnchangedJob? refusal)
    {
        Change = change;
        Refusal = refusal;
    }

    /// <summary>The change; null when the job stays as it is.</summary>
    public JobChange? Change { get; }

    /// <summary>Why the job stays as it is; null when it is changed.</summary>
    public UnchangedJob? Refusal { get; }

    /// <summary>The job is changed.</summary>
    /// <param name="change">The change, made on the job that the rule was given.</param>
    /// <returns>The decision.</returns>
    public static JobDecision Make(JobChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new JobDecision(change, null);
    }

    /// <summary>The job stays as it is.</summary>
    /// <param name="why">The kind of reason.</param>
    /// <param name="message">The reason in words.</param>
    /// <returns>The decision.</returns>
    public static JobDecision Refuse(WhyUnchanged why, string message)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(message);
        return new JobDecision(null, new UnchangedJob(why, message));
    }
}
