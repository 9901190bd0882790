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

    /// <summary>Writes the run on one line.</summary>
    /// <returns>For example <c>job 4 (Relax), run 1: 2026-11-23T14:39:38.123Z to 2026-11-23T14:40:00.000Z on n1, n2, 8 cores, 2 GPUs, RUN_DONE</c>.</returns>
    public override string ToString()
    {
        string until = End is { } end ? $"{Instants.ToText(Start)} to {Instants.ToText(end)}" : $"since {Instants.ToText(Start)}";
        string on = Nodes.Count == 0 ? "" : $" on {string.Join(", ", Nodes)}";
        string cores = Cores == 0 ? "" : FormattableString.Invariant($", {Cores} {(Cores == 1 ? "core" : "cores")}");
        string gpus = Gpus == 0 ? "" : FormattableString.Invariant($", {Gpus} {(Gpus == 1 ? "GPU" : "GPUs")}");
        return FormattableString.Invariant($"job {JobId} ({Application}), run {Attempt}: {until}{on}{cores}{gpus}{(Outcome is { } outcome ? $", {outcome.ToText()}" : "")}");
    }
}
