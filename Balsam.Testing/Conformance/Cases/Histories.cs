namespace Balsam.Testing.Conformance.Cases;

/// <summary>Compares the jobs of a store with its events.</summary>
internal static class Histories
{
    public static async Task ExpectReplayAsync(StoreConformanceContext context)
    {
        IReadOnlyList<JobEvent> stream = await context.AllEventsAsync();
        Check.Sequence(stream.Select(step => step.Sequence).Distinct().Order(), stream.Select(step => step.Sequence), "The numbers of the stream");
        IReadOnlyList<Job> jobs = await context.AllJobsAsync();
        Check.SameSet(jobs.Select(job => job.Id), stream.Select(step => step.JobId).Distinct(), "The jobs of the stream");
        ILookup<JobId, JobEvent> byJob = stream.ToLookup(step => step.JobId);
        foreach (Job job in jobs)
        {
            IReadOnlyList<JobEvent> history = await context.Store.ReadHistoryAsync(job.Id, CancellationToken.None);
            Check.Sequence(byJob[job.Id], history, $"The history of job {job.Id} against the stream");
            JobState state = JobState.Created;
            foreach (JobEvent step in history)
            {
                Check.Equal(state, step.From, $"The state that event {step.Sequence} of job {job.Id} leaves");
                Check.That(JobTransitions.TryGetNext(state, step.Trigger, out state) && state == step.To, $"event {step.Sequence} of job {job.Id} is a legal step: {step.From} {step.Trigger} {step.To}");
            }

            Check.Equal(job.State, state, $"The state of job {job.Id} by its {history.Count} events");
        }
    }
}
