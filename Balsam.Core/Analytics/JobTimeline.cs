using System.Collections.Immutable;

namespace Balsam;

/// <summary>One job of an analysis: what it is, and its way through the states.</summary>
public sealed class JobTimeline
{
    // A step is the millisecond and, in the lowest 4 bits, the state: a million jobs take eight million of them.
    private long[] _steps = new long[8];
    private int _count;

    internal JobTimeline(Job job)
    {
        Id = job.Id;
        Application = job.Application;
        Site = job.Site;
        Workdir = job.Workdir;
        Tags = job.Tags;
        Parents = job.Parents;
        CreatedAt = job.CreatedAt;
        Failure = job.Failure;
        StateAsRead = job.State;
    }

    /// <summary>The job's number.</summary>
    public JobId Id { get; }

    /// <summary>Its application.</summary>
    public ApplicationName Application { get; }

    /// <summary>Its site.</summary>
    public SiteName Site { get; }

    /// <summary>The directory it runs in, relative to the site's data directory.</summary>
    public string Workdir { get; }

    /// <summary>The state it is in at the end of the analysis.</summary>
    public JobState State => PackedStep.StateOf(_steps[_count - 1]);

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; }

    /// <summary>The parents.</summary>
    public ImmutableArray<JobDependency> Parents { get; }

    /// <summary>When it was submitted, in UTC.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? EndedAt => State.IsFinal() ? PackedStep.InstantOf(_steps[_count - 1]) : null;

    /// <summary>Why the last run or the job failed; null when it did not.</summary>
    public FailureDetails? Failure { get; }

    /// <summary>
    /// The states it was in, oldest first, each from when the last one ended. States that it passed in one step have spans of no length. Where a clock was set back
    /// between two steps, the later one counts as at the instant of the earlier.
    /// </summary>
    public IReadOnlyList<StateSpan> Spans => [.. Enumerable.Range(0, _count).Select(SpanAt)];

    /// <summary>The state that the job was read in: what counts when it has no events.</summary>
    internal JobState StateAsRead { get; }

    internal DateTimeOffset AnalysisEnd { get; set; }

    internal int StepCount => _count;

    internal ReadOnlySpan<long> Steps => _steps.AsSpan(0, _count);

    /// <summary>Writes number, application, workdir and state.</summary>
    /// <returns>For example <c>job 17 (Relax in study/4): RUNNING</c>.</returns>
    public override string ToString() => $"job {Id} ({Application} in {Workdir}): {State.ToText()}";

    internal void Enter(JobState state, DateTimeOffset at)
    {
        if (_count == _steps.Length)
        {
            Array.Resize(ref _steps, _count * 2);
        }

        long step = PackedStep.Of(state, at);
        _steps[_count] = _count > 0 ? PackedStep.NotBefore(step, _steps[_count - 1]) : step;
        _count++;
    }

    internal int CountRuns()
    {
        int runs = 0;
        foreach (long step in Steps)
        {
            runs += PackedStep.StateOf(step) == JobState.Running ? 1 : 0;
        }

        return runs;
    }

    internal StateSpan SpanAt(int index)
    {
        DateTimeOffset from = PackedStep.InstantOf(_steps[index]);
        return new StateSpan(PackedStep.StateOf(_steps[index]), from, index + 1 < _count ? PackedStep.InstantOf(_steps[index + 1]) : AnalysisEnd);
    }
}
