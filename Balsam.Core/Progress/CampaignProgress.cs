using System.Collections.Immutable;
using Balsam.Storage;

namespace Balsam;

/// <summary>How far the jobs of a query are, at one instant: what <see cref="BalsamClient.WatchProgressAsync"/> gives.</summary>
public sealed record CampaignProgress
{
    /// <summary>The jobs by state.</summary>
    public required JobCounts Counts { get; init; }

    /// <summary>The number of jobs.</summary>
    public long Total => Counts.Total;

    /// <summary>The number of jobs that have ended, well or badly.</summary>
    public long Ended => Counts[JobStates.Final];

    /// <summary>The number of jobs that have failed.</summary>
    public long Failed => Counts[JobState.Failed];

    /// <summary>Whether all jobs have ended.</summary>
    public bool IsComplete => Ended == Total;

    /// <summary>The first few jobs that run, by number; <see cref="Counts"/> says how many there are.</summary>
    public ImmutableArray<RunInProgress> Running { get; init; } = [];

    /// <summary>
    /// The jobs that end in a second, of those that end by their own doing: neither cancelled nor failed with a parent. Measured over the last 100 of them, up to
    /// now, or over all since <see cref="StartedAt"/> while there are fewer; so a campaign of hours and one of seconds both have a rate, and it falls when nothing ends.
    /// </summary>
    /// <value>0 while none has ended since <see cref="StartedAt"/>.</value>
    public double Rate { get; init; }

    /// <summary>
    /// How long what is left will take at the present <see cref="Rate"/>, that is with the present parallelism, if it is like what has ended. An estimate: jobs of another
    /// kind at the end, or a chain of dependencies that leaves nodes empty, make it wrong.
    /// </summary>
    /// <value>Null while nothing has ended since <see cref="StartedAt"/>; zero when all have.</value>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>The last few jobs that failed since <see cref="StartedAt"/> and have not been restarted, the last one first. Those that failed with a parent are left out.</summary>
    public ImmutableArray<RecentFailure> LastFailures { get; init; } = [];

    /// <summary>Why the launcher of this process is paused: nothing new starts until it is told to go on.</summary>
    /// <value>Null while it is not paused, or when there is none in this process.</value>
    public string? PausedBecause { get; init; }

    /// <summary>When the watch began, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The instant to which the numbers belong, in UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Writes the numbers in a line.</summary>
    /// <returns>For example <c>94 of 97 jobs ended, 1 of them FAILED: RUNNING 2, AWAITING_PARENTS 1, …</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"{Ended} of {Total} jobs ended{(Failed > 0 ? FormattableString.Invariant($", {Failed} of them FAILED") : "")}: {Counts}{(PausedBecause is null ? "" : $"; paused: {PausedBecause}")}");
}
