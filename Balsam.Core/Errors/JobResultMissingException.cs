namespace Balsam;

/// <summary>The job whose result was asked for has none.</summary>
public sealed class JobResultMissingException : BalsamException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="job">The job.</param>
    public JobResultMissingException(Job job)
        : base(Describe(job)) => JobId = job.Id;

    /// <summary>The job.</summary>
    public JobId JobId { get; }

    private static string Describe(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.State == JobState.JobFinished
            ? $"Job {job.Id} finished without a result: {job.Application} is a command. Read what it wrote in {job.Workdir}, or set data in Postprocess."
            : $"Job {job.Id} is {job.State.ToText()} and has no result yet. Wait for it first, for example with WaitAsync.";
    }
}
