using System.Collections.Frozen;
using System.Globalization;

namespace Balsam.Testing.Simulation;

/// <summary>A job of a simulated campaign. Its place in the campaign stands for its number: earlier ones were submitted first.</summary>
public sealed record SimulatedJob
{
    /// <summary>The application.</summary>
    public required ApplicationName Application { get; init; }

    /// <summary>What the job asks of nodes; its wall time is what the packer expects of it.</summary>
    /// <value>Default: one core of one node.</value>
    public JobResources Resources { get; init; } = JobResources.Default;

    /// <summary>The priority; larger goes first.</summary>
    /// <value>Default: 0.</value>
    public int Priority { get; init; }

    /// <summary>The parents, each once.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<SimulatedParent> Parents { get; init; } = [];

    /// <summary>How long its runs take and how they end.</summary>
    /// <value>Default: null: what <see cref="SimulationOptions.RunTime"/> says.</value>
    public IRunTimeModel? RunTime { get; init; }

    /// <summary>The application's parameters, for models that look at them.</summary>
    /// <value>Default: none.</value>
    public JobData Parameters { get; init; } = JobData.Empty;

    /// <summary>The workdir, which names the job in reports.</summary>
    /// <value>Default: null for <c>application/id</c>.</value>
    public string? Workdir { get; init; }

    /// <summary>The tags.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Makes simulated jobs of jobs that could be submitted together, in their order.</summary>
    /// <param name="jobs">The jobs; their parents are among them.</param>
    /// <param name="resourcesOf">What an application asks for when a job does not say; null for one core of one node.</param>
    /// <returns>The simulated jobs.</returns>
    /// <exception cref="ArgumentException">A job stands there twice, or a parent is not among the jobs.</exception>
    public static IReadOnlyList<SimulatedJob> From(IEnumerable<NewJob> jobs, Func<ApplicationName, JobResources>? resourcesOf = null)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        NewJob[] all = [.. jobs];
        Dictionary<NewJob, int> places = new(ReferenceEqualityComparer.Instance);
        foreach ((int place, NewJob job) in all.Index())
        {
            if (!places.TryAdd(job, place))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The job at [{place}] ({job}) stands at [{places[job]}] too; give each job once."), nameof(jobs));
            }
        }

        return
        [
            .. all.Select((job, place) => new SimulatedJob
            {
                Application = job.Application,
                Resources = job.Resources ?? resourcesOf?.Invoke(job.Application) ?? JobResources.Default,
                Priority = job.Priority,
                Parameters = job.Parameters,
                Workdir = job.Workdir,
                Tags = job.Tags,
                Parents = [.. job.Parents.Select(parent => new SimulatedParent(PlaceOf(place, job, parent), parent.Condition)).DistinctBy(parent => parent.Job)],
            }),
        ];

        int PlaceOf(int place, NewJob job, NewJobParent parent) => parent.Job is { } sibling && places.TryGetValue(sibling, out int found)
            ? found
            : throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"A parent of the job at [{place}] ({job}) is not among the jobs: {(parent.Job is null ? $"stored job {parent.Stored}" : parent.Job.ToString())}. Simulate it too, or leave the edge out."),
                nameof(jobs));
    }
}
