using Balsam.Storage;
using Balsam.Storage.Embedded;
using BenchmarkDotNet.Attributes;

namespace Balsam.Benchmarks;

[MemoryDiagnoser]
public class ClaimBenchmarks
{
    private const int Taken = 256;
    private EmbeddedJobStore _store = null!;
    private LauncherSession _session = null!;
    private ClaimRequest _request = null!;

    [Params(1000, 100_000)]
    public int Waiting { get; set; }

    [GlobalSetup]
    public async Task Fill()
    {
        _store = Stores.Open(StoreKind.Memory);
        await _store.CommitAsync([new JobCommit { Additions = [.. Enumerable.Range(0, Waiting).Select(Samples.Addition)] }], CancellationToken.None);
        _session = await _store.OpenSessionAsync(
            new SessionRequest { Site = Samples.Site, Host = "benchmark", ProcessId = Environment.ProcessId, LeaseDuration = TimeSpan.FromHours(8) }, CancellationToken.None);
        _request = new ClaimRequest
        {
            Lease = _session.Token,
            Wanted = new Dictionary<ApplicationName, JobStateSet> { [Samples.Application] = JobStateSet.Of(JobState.StagedIn) },
            Limit = Taken,
        };
    }

    [GlobalCleanup]
    public void Close() => Stores.Close(_store);

    [Benchmark(OperationsPerInvoke = Taken)]
    public async Task ClaimAndRelease()
    {
        ClaimResult claimed = await _store.ClaimAsync(_request, CancellationToken.None);
        await _store.ReleaseAsync(_session.Token, [.. claimed.Jobs.Select(job => job.Id)], CancellationToken.None);
    }
}
