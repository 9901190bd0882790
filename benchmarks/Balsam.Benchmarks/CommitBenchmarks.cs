using Balsam.Storage;
using Balsam.Storage.Embedded;
using BenchmarkDotNet.Attributes;

namespace Balsam.Benchmarks;

[MemoryDiagnoser]
public class CommitBenchmarks
{
    private EmbeddedJobStore _store = null!;
    private Job[] _jobs = [];

    [Params(StoreKind.Memory, StoreKind.LiteDb)]
    public StoreKind Store { get; set; }

    [Params(1, 10, 100, 1000)]
    public int Batch { get; set; }

    [GlobalSetup]
    public async Task Fill()
    {
        _store = Stores.Open(Store);
        IReadOnlyList<CommitResult> added = await _store.CommitAsync([new JobCommit { Additions = [.. Enumerable.Range(0, Batch).Select(Samples.Addition)] }], CancellationToken.None);
        _jobs = [.. added[0].Added];
    }

    [GlobalCleanup]
    public void Close() => Stores.Close(_store);

    /// <summary>One durable write that changes each job of the batch.</summary>
    [Benchmark]
    public async Task<int> Update()
    {
        JobChange[] changes = [.. _jobs.Select(job => new JobChange(job).Edit(fields => fields with { Priority = 1 - fields.Priority }, job.LastUpdate))];
        IReadOnlyList<CommitResult> results = await _store.CommitAsync([.. changes.Select(change => new JobCommit { Changes = [change] })], CancellationToken.None);
        _jobs = [.. changes.Select(change => change.After)];
        return results.Count;
    }
}
