using BenchmarkDotNet.Attributes;

namespace Balsam.Benchmarks;

[MemoryDiagnoser]
public class TransitionBenchmarks
{
    private static readonly JobTrigger[] Lifecycle =
    [
        JobTrigger.ParentsFinished, JobTrigger.StagedIn, JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed,
        JobTrigger.StagedOut, JobTrigger.Finished,
    ];

    private readonly Job _job = Samples.Job(1);

    [Benchmark]
    public JobChange OneMove() => new JobChange(_job).Apply(JobTrigger.ParentsFinished, DateTimeOffset.UnixEpoch);

    [Benchmark]
    public JobChange WholeLifecycle()
    {
        var change = new JobChange(_job);
        foreach (JobTrigger trigger in Lifecycle)
        {
            change.Apply(trigger, DateTimeOffset.UnixEpoch);
        }

        return change;
    }
}
