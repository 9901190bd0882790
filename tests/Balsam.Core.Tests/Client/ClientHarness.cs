using Balsam.Storage;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Balsam.Core.Tests.Client;

/// <summary>A client on a store, in memory if nothing else is said, without a launcher: the tests move jobs themselves.</summary>
internal sealed class ClientHarness : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private readonly string? _directory;

    public ClientHarness(params NodeSpec[] nodes)
        : this(StoreKind.InMemory, nodes)
    {
    }

    public ClientHarness(StoreKind store, params NodeSpec[] nodes)
    {
        _directory = store == StoreKind.LiteDb ? Directory.CreateTempSubdirectory("balsam-client-").FullName : null;
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<INodeCatalog>(new Catalog(nodes));
        services.AddBalsam(balsam => (_directory is null ? balsam.UseInMemory() : balsam.UseLiteDb(Path.Combine(_directory, "balsam.db"))).AddApplication<Tool>().AddApplication<Relax>().AddApplication<Norm>());
        ServiceDescriptor inner = services.Single(service => service.ServiceType == typeof(IJobStore));
        services.Remove(inner);
        services.AddSingleton(provider => InterruptedStore.Around((IJobStore)inner.ImplementationFactory!(provider)));
        _services = services.BuildServiceProvider();
        Client = _services.GetRequiredService<BalsamClient>();
        Store = _services.GetRequiredService<IJobStore>();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public BalsamClient Client { get; }

    public IJobStore Store { get; }

    public static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(20));

    public async Task<Job> SubmitAsync(string? workdir = null, params JobId[] parents)
    {
        var job = new NewJob("Norm", workdir);
        Array.ForEach(parents, parent => job.After(parent));
        return await Client.SubmitAsync(job);
    }

    public async Task<IReadOnlyList<SubmitProblem>> RefusedAsync(params NewJob[] jobs)
    {
        SubmitRefusedException? refused = await Assert.ThrowsAsync<SubmitRefusedException>(() => Client.SubmitAsync(jobs));
        Assert.That(await Client.Jobs.CountAsync(), Is.Zero, "nothing is written of a refused call");
        return refused!.Problems;
    }

    /// <summary>Makes a bulk change, and does something else between its read and its write.</summary>
    public Task<ChangeReport> MeanwhileAsync(Func<Task> other, Func<BalsamClient, Task<ChangeReport>> change)
    {
        ((InterruptedStore)(object)Store).Interruption = other;
        return change(Client);
    }

    /// <summary>Moves a job on, as a launcher would.</summary>
    public async Task<Job> MoveAsync(Job job, params JobTrigger[] triggers)
    {
        var change = new JobChange(await Client.GetAsync(job.Id));
        foreach (JobTrigger trigger in triggers)
        {
            change.Apply(trigger, Time.GetUtcNow());
        }

        CommitResult result = (await Store.CommitAsync([new JobCommit { Changes = [change] }], default)).Single();
        Assert.That(result.Refusal, Is.Null);
        return await Client.GetAsync(job.Id);
    }

    public Task<Job> FinishAsync(Job job) => MoveAsync(
        job, JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed, JobTrigger.StagedOut, JobTrigger.Finished);

    /// <summary>Fails a job in its run, so that it is restarted from there.</summary>
    public async Task<Job> FailAsync(Job job)
    {
        await MoveAsync(job, JobTrigger.Preprocessed, JobTrigger.Started);
        var change = new JobChange(await Client.GetAsync(job.Id));
        change.Fail(JobTrigger.RunFailed, Time.GetUtcNow(), new FailureDetails { Kind = FailureKind.ExitCode, Message = "exit code 1" });
        change.Apply(JobTrigger.HookFailed, Time.GetUtcNow());
        await Store.CommitAsync([new JobCommit { Changes = [change] }], default);
        return await Client.GetAsync(job.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_directory is not null)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private sealed class Catalog(NodeSpec[] nodes) : INodeCatalog
    {
        public Task<IReadOnlyList<NodeSpec>> GetNodesAsync(SiteName site, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<NodeSpec>>(site == SiteName.Local ? nodes : []);
    }
}

/// <summary>Which store a client of a test works on.</summary>
public enum StoreKind
{
    InMemory,
    LiteDb,
}

/// <summary>A command with parameters by name.</summary>
internal sealed class Tool : ApplicationDefinition
{
    public override CommandTemplate Command => "tool {{ input }} --tol {{ tolerance }}";

    public override IReadOnlyList<ApplicationParameter> DeclaredParameters =>
        [ApplicationParameter.Mandatory("input", "the molecule"), ApplicationParameter.Optional("tolerance", 1e-4)];
}

/// <summary>A command with parameters by type.</summary>
internal sealed class Relax : ApplicationDefinition<Relax.Parameters>
{
    public sealed record Parameters(string Input, double Tolerance = 1e-4, int[]? Cells = null);

    public override CommandTemplate Command => "relax {{ input }} {{ tolerance }} {{ cells }}";

    public override JobResources Resources => new() { ThreadsPerRank = 2 };
}

/// <summary>A function.</summary>
internal sealed class Norm : FunctionApplication<double[], double>
{
    protected override Task<double> Run(double[] input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(Math.Sqrt(input.Sum(x => x * x)));
}
