using Balsam.Storage;
using Balsam.Storage.LiteDb;
using Balsam.Throughput.Applications;

namespace Balsam.Throughput.Measuring;

/// <summary>Fills a store with finished and waiting jobs without running them.</summary>
internal static class StoreFiller
{
    private const int BatchSize = 2000;
    private static readonly JobTrigger[] Lifecycle =
        [JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed, JobTrigger.StagedOut, JobTrigger.Finished];

    public static async Task FillAsync(string path, int finished, int waiting)
    {
        await using var store = new LiteDbJobStore(path);
        await store.OpenAsync(CancellationToken.None);
        for (int done = 0; done < finished + waiting; done += BatchSize)
        {
            int count = Math.Min(BatchSize, finished + waiting - done);
            IReadOnlyList<CommitResult> added = await store.CommitAsync([new JobCommit { Additions = [.. Enumerable.Range(done, count).Select(Addition)] }], CancellationToken.None);
            JobCommit[] ends = [.. added[0].Added.Take(Math.Max(0, finished - done)).Select(job => new JobCommit { Changes = [Finish(job)] })];
            if (ends.Length > 0)
            {
                await store.CommitAsync(ends, CancellationToken.None);
            }
        }
    }

    private static JobAddition Addition(int number)
    {
        NewJob job = SleepingJobs.Make(number);
        return new JobAddition { Application = job.Application, Site = new BalsamOptions().Site, Parameters = job.Parameters, Tags = job.Tags };
    }

    private static JobChange Finish(Job job)
    {
        var change = new JobChange(job);
        foreach (JobTrigger trigger in Lifecycle)
        {
            change.Apply(trigger, job.CreatedAt);
        }

        return change;
    }
}
