namespace Balsam;

/// <summary>A job to be submitted. Its methods change it and return it, so that calls chain; nothing happens before <see cref="BalsamClient.SubmitAsync(IEnumerable{NewJob}, CancellationToken)"/>.</summary>
/// <example><code>
/// NewJob mesh = Mesh.NewJob("study/mesh", new Mesh.Parameters(Cells: 64));
/// NewJob run = Relax.NewJob("study/1", new Relax.Parameters("a.xyz")).After(mesh).Tag("study", "a");
/// await client.SubmitAsync([mesh, run]);
/// </code></example>
public sealed class NewJob
{
    private readonly Dictionary<string, string> _tags = new(StringComparer.Ordinal);
    private readonly List<NewJobParent> _parents = [];
    private readonly Dictionary<string, TransferAddress> _transfers = new(StringComparer.Ordinal);

    /// <summary>Makes a job of an application by name. <c>MyApplication.NewJob(…)</c> is shorter, and checks the parameters at compile time.</summary>
    /// <param name="application">The application's stored name.</param>
    /// <param name="workdir">The workdir, relative to the site's data directory; null for <c>application/id</c>.</param>
    public NewJob(ApplicationName application, string? workdir = null)
    {
        Application = application;
        Workdir = workdir;
    }

    /// <summary>The application's stored name.</summary>
    public ApplicationName Application { get; }

    /// <summary>The workdir, relative to the site's data directory; null for <c>application/id</c>.</summary>
    public string? Workdir { get; }

    /// <summary>The name under which the job is submitted once; null for none.</summary>
    public string? Key { get; private set; }

    /// <summary>The site the job belongs to; null for the client's own.</summary>
    public SiteName? Site { get; private set; }

    /// <summary>The parameters.</summary>
    public JobData Parameters { get; private set; } = JobData.Empty;

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string> Tags => _tags;

    /// <summary>The user's data.</summary>
    public JobData Data { get; private set; } = JobData.Empty;

    /// <summary>What the job asks of nodes; null for what its application says.</summary>
    public JobResources? Resources { get; private set; }

    /// <summary>The priority; larger goes first. 0 unless said otherwise.</summary>
    public int Priority { get; private set; }

    /// <summary>The parents.</summary>
    public IReadOnlyList<NewJobParent> Parents => _parents;

    /// <summary>The slots that it fills, with the far end of each.</summary>
    public IReadOnlyDictionary<string, TransferAddress> Transfers => _transfers;

    /// <summary>Fills a transfer slot of its application.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="address">The far end: <c>location:/absolute/path</c>, with one of the site's locations, or a URI.</param>
    /// <returns>This job.</returns>
    /// <exception cref="FormatException"><paramref name="address"/> is neither.</exception>
    public NewJob Transfer(string slot, string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(slot);
        _transfers[slot] = TransferAddress.Parse(address);
        return this;
    }

    /// <summary>Makes the job wait for another of the same call.</summary>
    /// <param name="parent">The parent.</param>
    /// <param name="condition">How it must end.</param>
    /// <returns>This job.</returns>
    public NewJob After(NewJob parent, DependencyCondition condition = DependencyCondition.Success)
    {
        ArgumentNullException.ThrowIfNull(parent);
        _parents.Add(new NewJobParent(parent, default, condition));
        return this;
    }

    /// <summary>Makes the job wait for several others of the same call.</summary>
    /// <param name="parents">The parents.</param>
    /// <param name="condition">How each must end.</param>
    /// <returns>This job.</returns>
    public NewJob After(IEnumerable<NewJob> parents, DependencyCondition condition = DependencyCondition.Success)
    {
        ArgumentNullException.ThrowIfNull(parents);
        foreach (NewJob parent in parents)
        {
            After(parent, condition);
        }

        return this;
    }

    /// <summary>Makes the job wait for a stored one.</summary>
    /// <param name="parent">The parent.</param>
    /// <param name="condition">How it must end.</param>
    /// <returns>This job.</returns>
    public NewJob After(JobId parent, DependencyCondition condition = DependencyCondition.Success)
    {
        _parents.Add(new NewJobParent(null, parent == default ? throw new ArgumentException("The parent's id is not set.", nameof(parent)) : parent, condition));
        return this;
    }

    /// <summary>Makes the job wait for a stored one.</summary>
    /// <param name="parent">The parent.</param>
    /// <param name="condition">How it must end.</param>
    /// <returns>This job.</returns>
    public NewJob After(Job parent, DependencyCondition condition = DependencyCondition.Success)
    {
        ArgumentNullException.ThrowIfNull(parent);
        return After(parent.Id, condition);
    }

    /// <summary>
    /// Names the job, so that it is submitted once however often it is asked for: when a stored job has the key, nothing is added, and the submit gives that job,
    /// as it is stored. No two jobs of a store have the same key, whatever their site or application; a job that is deleted gives its key back.
    /// </summary>
    /// <param name="key">The key: 1 to <see cref="SubmissionLimits.KeyLength"/> characters, none of them a control character, compared by their codes. For example <c>study/mesh-64</c>.</param>
    /// <returns>This job.</returns>
    public NewJob WithKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        Key = key;
        return this;
    }

    /// <summary>Makes the job wait for several stored ones.</summary>
    /// <param name="parents">The parents.</param>
    /// <param name="condition">How each must end.</param>
    /// <returns>This job.</returns>
    public NewJob After(IEnumerable<Job> parents, DependencyCondition condition = DependencyCondition.Success)
    {
        ArgumentNullException.ThrowIfNull(parents);
        foreach (Job parent in parents)
        {
            After(parent, condition);
        }

        return this;
    }

    /// <summary>Sets a tag.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <returns>This job.</returns>
    public NewJob Tag(string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        _tags[key] = value;
        return this;
    }

    /// <summary>Sets a parameter by name.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The parameter.</param>
    /// <param name="value">Its value.</param>
    /// <returns>This job.</returns>
    /// <exception cref="System.Text.Json.JsonException">The value cannot be kept as JSON: it refers to itself, or holds text that is not valid Unicode.</exception>
    public NewJob With<T>(string name, T value)
    {
        Parameters = Kept($"parameter '{name}'", () => Parameters.With(name, value));
        return this;
    }

    /// <summary>Sets all parameters at once, or a function's input.</summary>
    /// <typeparam name="T">The parameters' type.</typeparam>
    /// <param name="parameters">The parameters.</param>
    /// <returns>This job.</returns>
    /// <exception cref="System.Text.Json.JsonException">They cannot be kept as JSON: they refer to themselves, or hold text that is not valid Unicode.</exception>
    public NewJob WithParameters<T>(T parameters)
    {
        Parameters = Kept("its parameters", () => JobData.From(parameters));
        return this;
    }

    /// <summary>Sets a member of the job's data.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The member.</param>
    /// <param name="value">Its value.</param>
    /// <returns>This job.</returns>
    /// <exception cref="System.Text.Json.JsonException">The value cannot be kept as JSON: it refers to itself, or holds text that is not valid Unicode.</exception>
    public NewJob WithData<T>(string name, T value)
    {
        Data = Kept($"data '{name}'", () => Data.With(name, value));
        return this;
    }

    /// <summary>Sets what the job asks of nodes.</summary>
    /// <param name="resources">The request.</param>
    /// <returns>This job.</returns>
    public NewJob WithResources(JobResources resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        Resources = resources;
        return this;
    }

    /// <summary>Sets the priority.</summary>
    /// <param name="priority">Larger goes first.</param>
    /// <returns>This job.</returns>
    public NewJob WithPriority(int priority)
    {
        Priority = priority;
        return this;
    }

    /// <summary>Sets the site.</summary>
    /// <param name="site">The site.</param>
    /// <returns>This job.</returns>
    public NewJob InSite(SiteName site)
    {
        Site = site;
        return this;
    }

    /// <summary>Writes application and workdir.</summary>
    /// <returns>For example <c>Relax in study/1</c>.</returns>
    public override string ToString() => Workdir is null ? Application.ToString() : $"{Application} in {Workdir}";

    private JobData Kept(string what, Func<JobData> make)
    {
        try
        {
            return make();
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or NotSupportedException)
        {
            throw new System.Text.Json.JsonException($"{this}: {what} cannot be kept as JSON: {exception.Message}", exception);
        }
    }
}
