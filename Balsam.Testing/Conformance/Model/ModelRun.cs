using Balsam.Testing.Conformance.Cases;

namespace Balsam.Testing.Conformance.Model;

/// <summary>Random commands on a store and on the model, compared after each. A failure names the seed and the commands that led to it.</summary>
internal sealed class ModelRun
{
    private readonly StoreConformanceContext _context;
    private readonly ModelCommands _commands;
    private readonly StoreModel _model = new();
    private readonly Random _random;
    private readonly int _seed;
    private readonly List<string> _log = [];
    private Dictionary<JobId, long> _versions = [];

    public ModelRun(StoreConformanceContext context, int seed)
    {
        _context = context;
        _seed = seed;
        _random = new Random(seed);
        _commands = new ModelCommands(context, _model, _random);
    }

    public async Task RunAsync(int commands)
    {
        for (int i = 0; i < commands; i++)
        {
            try
            {
                _model.BeginCommand();
                _log.Add(FormattableString.Invariant($"{i}: "));
                await _commands.RunOneAsync(text => _log[^1] += text);
                await CompareAsync();
                if (i % 50 == 49)
                {
                    await Histories.ExpectReplayAsync(_context);
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw new ConformanceException(
                    $"Seed {_seed}, command {i}: {exception.GetType().Name}: {exception.Message}\n  The last commands:\n    {string.Join("\n    ", _log.TakeLast(25))}", exception);
            }
        }
    }

    private async Task CompareAsync()
    {
        IReadOnlyList<Job> stored = await _context.AllJobsAsync();
        Check.Sequence(_model.Jobs.Select(job => (job.Id, job.State.ToText())), stored.Select(job => (job.Id, job.State.ToText())), "Jobs and states");
        foreach ((Job job, ModelJob expected) in stored.Zip(_model.Jobs))
        {
            long before = _versions.GetValueOrDefault(job.Id);
            Check.That(
                expected.MustRise ? job.Version > before : job.Version == before || (expected.Shaken && job.Version > before),
                $"the version of job {job.Id} {(expected.MustRise ? "rises from" : "stays")} {before}; it is {job.Version}");
            Check.Sequence(expected.Parents.Select(edge => new JobDependency(edge.Parent, edge.Condition)), job.Parents, $"The parents of job {job.Id}");
            Check.Equal(expected.Key, job.Key, $"The key of job {job.Id}");
            Check.Equal(expected.Priority, job.Priority, $"The priority of job {job.Id}");
            Check.Equal(expected.NotBefore, job.NotBefore, $"NotBefore of job {job.Id}");
            Check.Equal(expected.FailedWithParent, job.Failure?.Kind == FailureKind.ParentFailed, $"Whether job {job.Id} failed with a parent");
        }

        if (stored.Count > 0)
        {
            ModelJob some = _model.Jobs.ElementAt(_random.Next(stored.Count));
            await CompareFoundAsync(new ChildOfFilter(some.Id), job => job.Parents.Any(edge => edge.Parent == some.Id), $"The children of job {some.Id}");
            await CompareFoundAsync(new KeyFilter([some.Key ?? "0/0"]), job => job.Key == (some.Key ?? "0/0"), $"The jobs of key {some.Key ?? "0/0"}");
        }

        _versions = stored.ToDictionary(job => job.Id, job => job.Version);
        JobCounts counts = await _context.Store.CountAsync(JobFilter.All, CancellationToken.None);
        foreach (JobState state in JobStates.All)
        {
            Check.Equal(_model.Jobs.Count(job => job.State == state), counts[state], $"The count of {state.ToText()}");
        }

        var states = JobStateSet.Of((JobState)_random.Next(1, 15), (JobState)_random.Next(1, 15));
        IReadOnlyList<Job> inStates = await _context.Store.QueryAsync(new JobSelector { Filter = new StateFilter(states), Descending = true }, CancellationToken.None);
        Check.Sequence(_model.Jobs.Where(job => states.Contains(job.State)).Select(job => job.Id).Reverse(), inStates.Select(job => job.Id), $"The jobs in {states}");
    }

    private async Task CompareFoundAsync(JobFilter filter, Func<ModelJob, bool> expected, string what)
    {
        IReadOnlyList<Job> found = await _context.Store.QueryAsync(new JobSelector { Filter = filter }, CancellationToken.None);
        Check.Sequence(_model.Jobs.Where(expected).Select(job => job.Id), found.Select(job => job.Id), what);
    }
}
