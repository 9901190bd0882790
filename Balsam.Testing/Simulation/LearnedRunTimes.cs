using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Balsam.Testing.Simulation;

/// <summary>Run times as jobs in a store took them: a run is drawn from those of the same application and parameters; without any, from those with the nearest numbers; else from all of the application.</summary>
/// <remarks>A run that ended in an error is a sample too, so that the share of failures is learned as well. Runs that were cut off are not: how long they would have taken is not known.</remarks>
public sealed class LearnedRunTimes : IRunTimeModel
{
    private readonly Dictionary<ApplicationName, Learned> _applications = [];
    private readonly HashSet<string>? _parameters;

    internal LearnedRunTimes(IEnumerable<(ApplicationName Application, JobData Parameters, DrawnRun Run)> samples, IReadOnlyCollection<string>? parameters)
    {
        _parameters = parameters is null ? null : new HashSet<string>(parameters, StringComparer.Ordinal);
        foreach ((ApplicationName application, JobData data, DrawnRun run) in samples)
        {
            if (!_applications.TryGetValue(application, out Learned? learned))
            {
                _applications.Add(application, learned = new Learned());
            }

            learned.Add(Read(data), run);
            Samples++;
        }
    }

    /// <summary>How many runs were learned from.</summary>
    public int Samples { get; }

    /// <summary>The applications of which runs are known.</summary>
    public IReadOnlyCollection<ApplicationName> Applications => _applications.Keys;

    /// <summary>Says what is known about a job.</summary>
    /// <param name="job">The job.</param>
    /// <returns>Which runs its own are drawn from, and how many they are; null when none of its application is known.</returns>
    public LearnedFrom? Know(SimulatedJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return _applications.TryGetValue(job.Application, out Learned? learned) && learned.Find(Read(job.Parameters), out LearningBasis basis) is var runs
            ? new LearnedFrom(basis, runs.Count)
            : null;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No run of the job's application is known.</exception>
    public DrawnRun Draw(SimulatedJob job, Random random)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(random);
        if (!_applications.TryGetValue(job.Application, out Learned? learned))
        {
            string known = _applications.Count == 0 ? "none" : string.Join(", ", _applications.Keys.Order());
            throw new InvalidOperationException($"No run of {job.Application} is in the store that run times were learned from; known are: {known}. Give its jobs a RunTime of their own.");
        }

        List<DrawnRun> runs = learned.Find(Read(job.Parameters), out _);
        return runs[random.Next(runs.Count)];
    }

    private Parameters Read(JobData data)
    {
        List<(string Name, double Value)> numbers = [];
        var texts = new StringBuilder();
        if (data.Root.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in data.Root.EnumerateObject().Where(member => _parameters?.Contains(member.Name) != false).OrderBy(member => member.Name, StringComparer.Ordinal))
            {
                if (member.Value.ValueKind == JsonValueKind.Number)
                {
                    numbers.Add((member.Name, member.Value.GetDouble()));
                }
                else
                {
                    texts.Append(member.Name).Append('=').Append(member.Value.GetRawText()).Append('\n');
                }
            }
        }

        return new Parameters(string.Concat(numbers.Select(number => number.Name + "\n")) + texts, [.. numbers.Select(number => number.Value)]);
    }

    /// <summary>Parameters as the model compares them.</summary>
    /// <param name="Texts">The names of the numbers, and all that is no number.</param>
    /// <param name="Numbers">The numbers, by name.</param>
    private sealed record Parameters(string Texts, double[] Numbers)
    {
        public string Key => Texts + string.Join(' ', Numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
    }

    /// <summary>The runs of one application.</summary>
    private sealed class Learned
    {
        private readonly List<DrawnRun> _all = [];
        private readonly Dictionary<string, List<DrawnRun>> _same = new(StringComparer.Ordinal);
        private readonly Dictionary<string, List<(double[] Numbers, List<DrawnRun> Runs)>> _alike = new(StringComparer.Ordinal);

        public void Add(Parameters parameters, DrawnRun run)
        {
            _all.Add(run);
            if (!_same.TryGetValue(parameters.Key, out List<DrawnRun>? runs))
            {
                _same.Add(parameters.Key, runs = []);
                if (!_alike.TryGetValue(parameters.Texts, out List<(double[] Numbers, List<DrawnRun> Runs)>? alike))
                {
                    _alike.Add(parameters.Texts, alike = []);
                }

                alike.Add((parameters.Numbers, runs));
            }

            runs.Add(run);
        }

        public List<DrawnRun> Find(Parameters parameters, out LearningBasis basis)
        {
            if (_same.TryGetValue(parameters.Key, out List<DrawnRun>? same))
            {
                basis = LearningBasis.SameParameters;
                return same;
            }

            if (parameters.Numbers.Length > 0 && _alike.TryGetValue(parameters.Texts, out List<(double[] Numbers, List<DrawnRun> Runs)>? alike))
            {
                basis = LearningBasis.NearestParameters;
                double[] ranges = [.. parameters.Numbers.Select((_, i) => alike.Max(known => known.Numbers[i]) - alike.Min(known => known.Numbers[i]))];
                return alike.MinBy(known => Distance(known.Numbers, parameters.Numbers, ranges)).Runs;
            }

            basis = LearningBasis.Application;
            return _all;
        }

        // Each number counts by its place in the range that was seen of it.
        private static double Distance(double[] first, double[] second, double[] ranges)
        {
            double sum = 0;
            for (int i = 0; i < first.Length; i++)
            {
                double difference = ranges[i] > 0 ? (first[i] - second[i]) / ranges[i] : first[i] == second[i] ? 0 : 1;
                sum += difference * difference;
            }

            return sum;
        }
    }
}
