namespace Balsam;

/// <summary>One run of a job: from the step to RUNNING until the job's next step.</summary>
public sealed record RunSpan
{
    /// <summary>The job.</summary>
    public required JobId JobId { get; init; }

    /// <summary>Its application.</summary>
    public required ApplicationName Application { get; init; }

    /// <summary>Which of the job's runs it is, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>When it started, in UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it ended; null while it goes on.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>The names of the nodes it had, in the order of its placement; empty when the step did not say.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>The number of cores it had on all its nodes; 0 when the step did not say.</summary>
    public int Cores { get; init; }

    /// <summary>The number of GPUs it had on all its nodes, shares as fractions.</summary>
    public double Gpus { get; init; }

    /// <summary>The state the job went to: RUN_DONE, RUN_ERROR or RUN_TIMEOUT, or FAILED when it was cancelled; null while the run goes on.</summary>
    public JobState? Outcome { get; init; }
}
