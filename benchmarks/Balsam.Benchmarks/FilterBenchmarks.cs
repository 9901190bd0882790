using BenchmarkDotNet.Attributes;

namespace Balsam.Benchmarks;

[MemoryDiagnoser]
public class FilterBenchmarks
{
    private const int Count = 1000;
    private readonly Job[] _jobs = [.. Enumerable.Range(0, Count).Select(Samples.Job)];
    private readonly JobFilter _tag = new TagFilter("group", "7");
    private readonly JobFilter _compound = new StateFilter(JobStates.All).And(new ApplicationFilter(Samples.Application)).And(new TagFilter("study", "a").Not().Or(new TagFilter("group", "7")));

    [Benchmark(OperationsPerInvoke = Count)]
    public int Tag() => _jobs.Count(_tag.Matches);

    [Benchmark(OperationsPerInvoke = Count)]
    public int Compound() => _jobs.Count(_compound.Matches);
}
