using System.Collections.Immutable;

namespace Balsam;

/// <summary>Why a job is where it is.</summary>
/// <param name="Job">The job as it was when the reasons were found.</param>
/// <param name="Reasons">The reasons, at least one. Several when several launchers refuse the job, each for a reason of its own.</param>
public sealed record JobExplanation(Job Job, ImmutableArray<JobReason> Reasons)
{
    /// <summary>What must happen before the job can go on.</summary>
    public JobOutlook Outlook => Reasons.Max(reason => reason.Outlook);

    /// <summary>The reasons as clauses about the job.</summary>
    public string Why => string.Join("; ", Reasons.Select(reason => reason.Text));

    /// <summary>Writes the explanation as one sentence.</summary>
    /// <returns>For example <c>Job 18 (Relax in study/4) is AWAITING_PARENTS: it waits for parent 17, which is FAILED; restart that one.</c></returns>
    public override string ToString() => $"Job {Job.Id} ({Job.Application} in {Job.Workdir}) is {Job.State.ToText()}: {Why}.";
}
