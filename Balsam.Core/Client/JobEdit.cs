using System.Globalization;
using System.Text.Json;

namespace Balsam;

/// <summary>What to change about jobs; the calls add up: <c>edit.Tag("study", "b").RemoveTag("draft").SetPriority(5)</c>.</summary>
/// <remarks>What can be wrong for every job is refused when it is called; what depends on the job, when the edit is applied to it.</remarks>
public sealed class JobEdit
{
    // Each gives the new fields, or says why it cannot.
    private readonly List<Func<JobSnapshot, (JobSnapshot Fields, string? Problem)>> _steps = [];
    private JobResources? _resources;

    private JobEdit()
    {
    }

    internal bool ChangesResources { get; private set; }

    /// <summary>Sets a tag, whether or not there is one of that key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>This edit.</returns>
    /// <exception cref="ArgumentException">No job can have such a tag.</exception>
    public JobEdit Tag(string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        Demand(SubmissionLimits.WhyBadTag(key, value), nameof(value));
        return Add(fields => fields.Tags.TryGetValue(key, out string? now) && now == value
            ? fields
            : fields with { Tags = new Dictionary<string, string>(fields.Tags, StringComparer.Ordinal) { [key] = value } });
    }

    /// <summary>Removes a tag, where there is one.</summary>
    /// <param name="key">The key.</param>
    /// <returns>This edit.</returns>
    public JobEdit RemoveTag(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Add(fields => fields.Tags.ContainsKey(key)
            ? fields with { Tags = fields.Tags.Where(tag => tag.Key != key).ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal) }
            : fields);
    }

    /// <summary>Sets a member of the data, whether or not there is one of that name.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <returns>This edit.</returns>
    /// <exception cref="ArgumentException">The name is empty, or the value too long for every job.</exception>
    public JobEdit SetData<T>(string name, T value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        JobData data = JobData.From(value);
        Demand(SubmissionLimits.WhyTooLarge(data), nameof(value));
        return Add(fields => fields with { Data = fields.Data.With(name, data.Root) });
    }

    /// <summary>Removes a member of the data, where there is one.</summary>
    /// <param name="name">The name.</param>
    /// <returns>This edit.</returns>
    public JobEdit RemoveData(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Add(fields => fields.Data.Contains(name) ? fields with { Data = fields.Data.Without(name) } : fields);
    }

    /// <summary>Sets one parameter; the others stay.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">Its name as it is stored and stands in commands: <c>tolerance</c>.</param>
    /// <param name="value">The value.</param>
    /// <returns>This edit.</returns>
    public JobEdit SetParameter<T>(string name, T value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        JsonElement element = JobData.From(value).Root;
        _steps.Add(fields => fields.Parameters.Root.ValueKind == JsonValueKind.Object
            ? (fields with { Parameters = fields.Parameters.With(name, element) }, null)
            : (fields, $"its parameters are a JSON {fields.Parameters.Root.ValueKind}, which has no '{name}'; give them whole with SetParameters"));
        return this;
    }

    /// <summary>Replaces the parameters, as the application's record or, for a function, its input. Those left out get their defaults.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <returns>This edit.</returns>
    public JobEdit SetParameters<T>(T parameters)
    {
        JobData data = JobData.From(parameters);
        return Add(fields => fields with { Parameters = data });
    }

    /// <summary>Sets the priority; larger goes first.</summary>
    /// <param name="priority">The priority.</param>
    /// <returns>This edit.</returns>
    public JobEdit SetPriority(int priority) => Add(fields => fields with { Priority = priority });

    /// <summary>Replaces what the jobs ask of nodes.</summary>
    /// <param name="resources">The request.</param>
    /// <returns>This edit.</returns>
    /// <exception cref="ArgumentException">The request makes no sense.</exception>
    public JobEdit SetResources(JobResources resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        Demand(resources.Validate().FirstOrDefault(), nameof(resources));
        _resources = resources;
        ChangesResources = true;
        return Add(fields => fields with { Resources = resources });
    }

    /// <summary>Changes what each job asks of nodes: <c>SetResources(r =&gt; r with { TimeLimit = TimeSpan.FromHours(2) })</c>.</summary>
    /// <param name="change">Gives the new request for the present one. It may be called several times for a job, also inside the store's transaction: quick, and without effects. What it throws comes out of the call, and nothing is changed.</param>
    /// <returns>This edit.</returns>
    public JobEdit SetResources(Func<JobResources, JobResources> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _resources = null;
        ChangesResources = true;
        return Add(fields => fields with { Resources = change(fields.Resources) ?? throw new InvalidOperationException($"The function given to SetResources returned null for job {fields.Id}.") });
    }

    internal static JobEdit From(Action<JobEdit> say)
    {
        ArgumentNullException.ThrowIfNull(say);
        var edit = new JobEdit();
        say(edit);
        return edit._steps.Count > 0 ? edit : throw new ArgumentException("The edit says nothing: call Tag, SetData, SetParameter, SetResources or SetPriority on it.", nameof(say));
    }

    /// <exception cref="ArgumentException">No site has nodes for the request.</exception>
    internal void DemandPossible(IReadOnlyDictionary<SiteName, IReadOnlyList<NodeSpec>> nodes)
    {
        if (_resources is { } resources && nodes.Count > 0 && nodes.Values.All(known => known.Count > 0 && NodeRequests.WhyNever(known, resources) is not null))
        {
            string reasons = string.Join("; ", nodes.Select(site => $"site {site.Key}: {NodeRequests.WhyNever(site.Value, resources)}"));
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"No job was changed, since none could ever run ({resources}): {reasons}."));
        }
    }

    internal JobSnapshot Apply(JobSnapshot fields, out string? problem)
    {
        problem = null;
        foreach (Func<JobSnapshot, (JobSnapshot, string?)> step in _steps)
        {
            (fields, problem) = step(fields);
            if (problem is not null)
            {
                break;
            }
        }

        return fields;
    }

    private static void Demand(string? problem, string argument)
    {
        if (problem is not null)
        {
            throw new ArgumentException(problem, argument);
        }
    }

    private JobEdit Add(Func<JobSnapshot, JobSnapshot> step)
    {
        _steps.Add(fields => (step(fields), null));
        return this;
    }
}
