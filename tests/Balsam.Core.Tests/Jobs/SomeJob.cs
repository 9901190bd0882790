namespace Balsam.Core.Tests.Jobs;

/// <summary>A job in any state.</summary>
internal static class SomeJob
{
    public static readonly DateTimeOffset Noon = new(2030, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static JobSnapshot Fields(JobState state) => new()
    {
        Id = new JobId(17),
        Version = 5,
        State = state,
        Application = "Relax",
        Site = "local",
        Workdir = "study/4",
        CreatedAt = Noon - TimeSpan.FromHours(1),
        LastUpdate = Noon - TimeSpan.FromMinutes(1),
    };

    public static Job In(JobState state) => Job.Restore(Fields(state));
}
