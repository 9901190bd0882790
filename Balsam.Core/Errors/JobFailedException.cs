namespace Balsam;

/// <summary>The job whose result was asked for has failed.</summary>
public sealed class JobFailedException : BalsamException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="job">The failed job.</param>
    public JobFailedException(Job job)
        : base(Describe(job))
    {
        JobId = job.Id;
        Failure = job.Failure;
    }

    /// <summary>The job.</summary>
    public JobId JobId { get; }

    /// <summary>Why it failed: type, message and stack of what its function threw, or what ended its process.</summary>
    public FailureDetails? Failure { get; }

    private static string Describe(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        string type = job.Failure?.TypeName is { } name ? name + ": " : "";
        return $"Job {job.Id} ({job.Application} in {job.Workdir}) failed: {type}{job.Failure?.Message ?? "no reason recorded"}";
    }
}
