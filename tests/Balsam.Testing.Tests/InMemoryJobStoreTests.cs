using Balsam.Storage;

namespace Balsam.Testing.Tests;

public sealed class InMemoryJobStoreTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Test]
    public async Task CommitAsync_NobodyElseWrites_IsDoneWhenTheCallReturns()
    {
        await using var store = new InMemoryJobStore();
        await store.OpenAsync(None);
        Task<IReadOnlyList<CommitResult>> commit = store.CommitAsync([Addition()], None);
        Assert.That(commit.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task CommitAsync_FromManyThreads_AllAreAnsweredAndStored()
    {
        const int threads = 8;
        const int each = 200;
        await using var store = new InMemoryJobStore();
        await store.OpenAsync(None);
        IReadOnlyList<JobId>[] ids = await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(async () =>
        {
            List<JobId> mine = [];
            for (int i = 0; i < each; i++)
            {
                mine.Add((await store.CommitAsync([Addition()], None))[0].Added[0].Id);
            }

            return (IReadOnlyList<JobId>)mine;
        })));
        Assert.That(ids.SelectMany(mine => mine).Distinct().Count(), Is.EqualTo(threads * each));
        Assert.That((await store.CountAsync(JobFilter.All, None)).Total, Is.EqualTo(threads * each));
    }

    [Test]
    public async Task CommitAsync_AfterDispose_SaysThatTheStoreWasClosed()
    {
        var store = new InMemoryJobStore();
        await store.OpenAsync(None);
        await store.DisposeAsync();
        Assert.That(() => store.CommitAsync([Addition()], None), Throws.TypeOf<StoreException>().With.Property(nameof(StoreException.Kind)).EqualTo(StoreErrorKind.Unavailable));
    }

    private static JobCommit Addition() => new() { Additions = [new JobAddition { Application = "App", Site = "local" }] };
}
