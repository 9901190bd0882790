namespace Balsam.Launch.Lifecycle;

/// <summary>A call of a hook: a second one after a lost launcher is the same.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">How often it was started before.</param>
/// <param name="State">The state that the hook belongs to.</param>
internal readonly record struct HookCall(JobId Job, int Attempt, JobState State)
{
    public static HookCall Of(Job job) => new(job.Id, job.Attempt, job.State);
}
