using Balsam.Storage;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console.Testing;

namespace Balsam.Progress.Tests;

/// <summary>The view on a client: what is left on the screen is how it ended.</summary>
public sealed class ConsoleProgressTests
{
    [Test]
    public async Task Dispose_RightAfterTheLastJob_LeavesTheEnd()
    {
        await using ServiceProvider services = Services();
        BalsamClient client = services.GetRequiredService<BalsamClient>();
        using var console = new TestConsole();
        await using (ConsoleProgress.Show(client, console: console))
        {
            IReadOnlyList<Job> jobs = await client.SubmitAsync([new NewJob("Tool"), new NewJob("Tool")]);
            await client.CancelAsync(jobs[0].Id, "wrong mesh");
            await FailAsync(services.GetRequiredService<IJobStore>(), await client.GetAsync(jobs[1].Id));
        }

        Assert.That(console.Lines[^1], Does.StartWith("2 of 2 jobs ended, 2 of them FAILED"));
        Assert.That(console.Output, Does.Contain("FAILED: wrong mesh").And.Contain("FAILED: exit code 3"));
    }

    [Test]
    public async Task Show_OfAQuery_ShowsItsJobsOnly()
    {
        await using ServiceProvider services = Services();
        BalsamClient client = services.GetRequiredService<BalsamClient>();
        using var console = new TestConsole();
        await client.SubmitAsync([new NewJob("Tool").Tag("study", "a"), new NewJob("Tool")]);
        await using (ConsoleProgress.Show(client, client.Jobs.WithTag("study"), console))
        {
        }

        Assert.That(console.Lines, Is.EqualTo(new[] { "0 of 1 jobs ended" }));
    }

    [Test]
    public async Task Show_StoreIsClosedUnderIt_EndsQuietly()
    {
        await using ServiceProvider services = Services();
        BalsamClient client = services.GetRequiredService<BalsamClient>();
        await client.SubmitAsync(new NewJob("Tool"));
        using var console = new TestConsole();
        await using ConsoleProgress view = ConsoleProgress.Show(client, console: console);
        await services.GetRequiredService<IJobStore>().DisposeAsync();
        await view.DisposeAsync();
        await view.DisposeAsync();
    }

    [Test]
    public async Task Show_OfACutQuery_IsRefused()
    {
        await using ServiceProvider services = Services();
        BalsamClient client = services.GetRequiredService<BalsamClient>();
        using var console = new TestConsole();
        Assert.That(() => ConsoleProgress.Show(client, client.Jobs.Take(3), console), Throws.InvalidOperationException);
    }

    private static async Task FailAsync(IJobStore store, Job job)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        JobChange change = new JobChange(job).Apply(JobTrigger.Preprocessed, now).Apply(JobTrigger.Started, now)
            .Fail(JobTrigger.RunFailed, now, new FailureDetails { Kind = FailureKind.ExitCode, Message = "exit code 3" }).Apply(JobTrigger.HookFailed, now);
        await store.CommitAsync([new JobCommit { Changes = [change] }], default);
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddBalsam(balsam => balsam.UseInMemory().AddApplication<Tool>());
        return services.BuildServiceProvider();
    }

    private sealed class Tool : ApplicationDefinition
    {
        public override CommandTemplate Command => "tool";
    }
}
