using System.Globalization;

namespace Balsam.Testing;

/// <summary>Expectations about jobs as they were when the chain began. The first that a job does not meet throws, with the job's history in the message.</summary>
/// <example><code>
/// host.Expect(relax).Finished().After(mesh).Ran(times: 3).On("node1");
/// </code></example>
public sealed class JobExpectation
{
    private readonly JobRecord[] _records;
    private readonly Func<JobId, JobRecord> _find;

    internal JobExpectation(IEnumerable<JobId> ids, Func<JobId, JobRecord> find)
    {
        _find = find;
        _records = [.. ids.Select(find)];
        if (_records.Length == 0)
        {
            throw new BalsamAssertionException("Expectations were begun about no job at all; name at least one.");
        }
    }

    /// <summary>Expects the job to have finished well.</summary>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It has not.</exception>
    public JobExpectation Finished() => In(JobState.JobFinished);

    /// <summary>Expects the job to have failed.</summary>
    /// <param name="kind">What must have brought it down; null for anything.</param>
    /// <param name="message">What the reason must contain; null for anything.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It has not failed, or otherwise.</exception>
    public JobExpectation Failed(FailureKind? kind = null, string? message = null)
    {
        string how = $"FAILED{(kind is null ? "" : $" by {kind}")}{(message is null ? "" : $" with \"{message}\"")}";
        return That(
            how,
            record => record.Job.State == JobState.Failed
                && (kind is null || record.Job.Failure?.Kind == kind)
                && (message is null || record.Job.Failure?.Message.Contains(message, StringComparison.Ordinal) == true),
            static record => $"{record.Job.State.ToText()}{(record.Job.Failure is { } failure ? $" by {failure.Kind}: {failure.Message}" : "")}");
    }

    /// <summary>Expects the job to be in a state, or in one of several.</summary>
    /// <param name="states">The states.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It is in another.</exception>
    public JobExpectation In(params JobState[] states) => That(
        string.Join(" or ", states.Select(static state => state.ToText())), record => states.Contains(record.Job.State), static record => record.Job.State.ToText());

    /// <summary>Expects the job to have come through states, in this order, with others between them or not.</summary>
    /// <param name="states">The states.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It has not.</exception>
    public JobExpectation WentThrough(params JobState[] states)
    {
        ArgumentNullException.ThrowIfNull(states);
        return That(
            $"through {Text(states)}",
            record =>
            {
                int found = 0;
                foreach (JobState state in record.Path)
                {
                    found += found < states.Length && state == states[found] ? 1 : 0;
                }

                return found == states.Length;
            },
            static record => Text(record.Path));
    }

    /// <summary>Expects how often the job was started.</summary>
    /// <param name="times">How often.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It was started more or less often.</exception>
    public JobExpectation Ran(int times) => That(Times(times), record => record.Starts.Count == times, static record => Times(record.Starts.Count));

    /// <summary>Expects the job to have been started first when others had ended.</summary>
    /// <param name="others">The others.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It was not started, or one of them had not ended.</exception>
    public JobExpectation After(params JobId[] others)
    {
        ArgumentNullException.ThrowIfNull(others);
        foreach (JobRecord other in others.Select(_find))
        {
            That(
                $"started after the end of job {other.Job.Id} ({At(other.EndedAt)})",
                record => record.StartedAt >= other.EndedAt,
                static record => $"started at {At(record.StartedAt)}",
                other);
        }

        return this;
    }

    /// <summary>Expects the job to have been started first when others had ended.</summary>
    /// <param name="others">The others.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It was not started, or one of them had not ended.</exception>
    public JobExpectation After(IEnumerable<Job> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return After([.. others.Select(static job => job.Id)]);
    }

    /// <summary>Expects the nodes of the last run.</summary>
    /// <param name="nodes">Their names, in any order.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It ran elsewhere, or not at all.</exception>
    public JobExpectation On(params string[] nodes) => That(
        $"on {Text(nodes)}", record => record.Nodes.Order(StringComparer.Ordinal).SequenceEqual(nodes.Order(StringComparer.Ordinal)), static record => $"on {Text(record.Nodes)}");

    /// <summary>Expects the number of cores of the last run, over all nodes.</summary>
    /// <param name="cores">The number.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It had more or fewer.</exception>
    public JobExpectation WithCores(int cores) => That(
        string.Create(CultureInfo.InvariantCulture, $"with {cores} cores"), record => record.Number("cores") == cores, static record => string.Create(CultureInfo.InvariantCulture, $"with {record.Number("cores")} cores"));

    /// <summary>Expects the number of GPUs of the last run, over all nodes; shares count as such.</summary>
    /// <param name="gpus">The number.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It had more or fewer.</exception>
    public JobExpectation WithGpus(double gpus) => That(
        string.Create(CultureInfo.InvariantCulture, $"with {gpus} GPUs"), record => record.Number("gpus") == gpus, static record => string.Create(CultureInfo.InvariantCulture, $"with {record.Number("gpus")} GPUs"));

    /// <summary>Expects how long the last run took.</summary>
    /// <param name="duration">How long, exactly: virtual time has no noise.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It took another time, or there was none.</exception>
    public JobExpectation Took(TimeSpan duration) => That(
        $"a last run of {duration}", record => record.LastRun == duration, static record => record.LastRun is { } took ? $"a last run of {took}" : "no run that ended");

    /// <summary>Expects when the job was started first.</summary>
    /// <param name="elapsed">When, since the start of the host.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It was started at another time, or never.</exception>
    public JobExpectation StartedAt(TimeSpan elapsed) => That($"started at {At(elapsed)}", record => record.StartedAt == elapsed, static record => $"started at {At(record.StartedAt)}");

    /// <summary>Expects when the job came to its end.</summary>
    /// <param name="elapsed">When, since the start of the host.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It ended at another time, or has not.</exception>
    public JobExpectation EndedAt(TimeSpan elapsed) => That($"ended at {At(elapsed)}", record => record.EndedAt == elapsed, static record => $"ended at {At(record.EndedAt)}");

    /// <summary>Expects the time from the first submit to the last end of these jobs.</summary>
    /// <param name="most">What it must not exceed.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It took longer, or a job has not ended.</exception>
    public JobExpectation Within(TimeSpan most)
    {
        DateTimeOffset first = _records.Min(static record => record.Job.CreatedAt);
        return That(
            $"ended within {most} of the first submit", record => record.Job.State.IsFinal() && record.Job.LastUpdate - first <= most,
            record => record.Job.State.IsFinal() ? $"ended after {record.Job.LastUpdate - first}" : record.Job.State.ToText());
    }

    /// <summary>Expects anything else of the job.</summary>
    /// <param name="what">What, in words.</param>
    /// <param name="condition">Whether it is so.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="BalsamAssertionException">It is not so.</exception>
    public JobExpectation That(string what, Func<Job, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return That(what, record => condition(record.Job), static _ => "otherwise");
    }

    private JobExpectation That(string expected, Func<JobRecord, bool> condition, Func<JobRecord, string> actual, JobRecord? other = null)
    {
        foreach (JobRecord record in _records)
        {
            if (!condition(record))
            {
                throw new BalsamAssertionException($"Expected of {record.Job}: {expected}. It was: {actual(record)}.\n{record}{(other is null ? "" : $"\n{other}")}");
            }
        }

        return this;
    }

    private static string Text(IEnumerable<JobState> states) => string.Join(" → ", states.Select(static state => state.ToText()));

    private static string Text(IReadOnlyCollection<string> names) => names.Count == 0 ? "no node" : string.Join(", ", names);

    private static string Times(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "run" : "runs")}");

    private static string At(TimeSpan? elapsed) => elapsed is { } time ? JobHistory.At(time) : "never";
}
