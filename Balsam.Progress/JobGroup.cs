using Balsam.Storage;

namespace Balsam;

/// <summary>States that are one thing to who watches: the fourteen are too many for a bar.</summary>
/// <param name="Name">The word for it.</param>
/// <param name="States">The states.</param>
internal sealed record JobGroup(string Name, JobStateSet States)
{
    public static JobGroup Finished { get; } = new("finished", JobStateSet.Of(JobState.JobFinished));

    public static JobGroup Failed { get; } = new("failed", JobStateSet.Of(JobState.Failed));

    public static JobGroup Running { get; } = new("running", JobStateSet.Of(JobState.Running));

    public static JobGroup Waiting { get; } = new("waiting", JobStates.All.Except(JobStates.Final).Except(JobStateSet.Of(JobState.Running)));

    public long Count(JobCounts counts) => counts[States];
}
