using System.Text.Json;

namespace Balsam;

/// <summary>A step to RUNNING, until it is known how the run went on.</summary>
/// <param name="Job">The job.</param>
/// <param name="Step">The place of the step in the job's timeline.</param>
/// <param name="Attempt">Which run it is.</param>
/// <param name="Nodes">The nodes.</param>
/// <param name="Cores">The cores.</param>
/// <param name="Gpus">The GPUs.</param>
internal readonly record struct RunStart(JobTimeline Job, int Step, int Attempt, string[] Nodes, int Cores, double Gpus)
{
    /// <summary>Reads what the step says; what it does not say is taken as nothing, for any launcher may have written it.</summary>
    public static RunStart Of(JobTimeline job, int step, JobData data, Func<string, string> intern) => new(
        job,
        step,
        Number(data, "attempt") is { } said and >= 1 and <= int.MaxValue ? (int)said : job.CountRuns(),
        data.Root.ValueKind == JsonValueKind.Object && data.Root.TryGetProperty("nodes", out JsonElement nodes) && nodes.ValueKind == JsonValueKind.Array
            ? [.. nodes.EnumerateArray().Where(node => node.ValueKind == JsonValueKind.String).Select(node => intern(node.GetString()!))]
            : [],
        Number(data, "cores") is { } cores and >= 0 and <= int.MaxValue ? (int)cores : 0,
        Number(data, "gpus") is { } gpus and >= 0 ? gpus : 0);

    public RunSpan ToSpan() => new()
    {
        JobId = Job.Id,
        Application = Job.Application,
        Attempt = Attempt,
        Start = PackedStep.InstantOf(Job.Steps[Step]),
        End = Step + 1 < Job.StepCount ? PackedStep.InstantOf(Job.Steps[Step + 1]) : null,
        Nodes = Nodes,
        Cores = Cores,
        Gpus = Gpus,
        Outcome = Step + 1 < Job.StepCount ? PackedStep.StateOf(Job.Steps[Step + 1]) : null,
    };

    private static double? Number(JobData data, string name) =>
        data.Root.ValueKind == JsonValueKind.Object && data.Root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
