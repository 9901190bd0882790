using Balsam.Launch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class RunningAndStopping
{
    [Test]
    public async Task Launcher_AsOnThePage_PausesAndStops()
    {
        string directory = Directory.CreateTempSubdirectory("balsam-docs-").FullName;
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();

        #region limits
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(6));
        builder.Services.AddBalsam(balsam => balsam
            .UseLiteDb(Path.Combine(directory, "campaign.db"))
            .Configure(options => options.DataDirectory = Path.Combine(directory, "data"))
            .AddApplication<Simulate>()
            .AddLauncher(options =>
            {
                options.DrainTimeout = TimeSpan.FromMinutes(5);
                options.KillGrace = TimeSpan.FromSeconds(30);
            }));
        builder.Services.AddHealthChecks().AddBalsam();
        #endregion

        IHost host = builder.Build();
        await host.StartAsync();
        await PauseAsync(host);

        #region stop
        var launcher = host.Services.GetRequiredService<Launcher>();
        await launcher.StopAsync(drain: TimeSpan.FromMinutes(1));
        #endregion

        Assert.That(launcher.Status.State, Is.EqualTo(LauncherState.Ended));
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task PauseAsync(IHost host)
    {
        var launcher = host.Services.GetRequiredService<Launcher>();
        var client = host.Services.GetRequiredService<BalsamClient>();

        #region pause
        await launcher.PauseAsync("the file server is being repaired");
        await launcher.WaitUntilIdleAsync();
        #endregion

        Job job = await client.SubmitAsync(Simulate.NewJob("one"));
        await launcher.WaitUntilIdleAsync();

        #region health
        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Console.WriteLine($"{report.Entries["balsam"].Status}: {report.Entries["balsam"].Description}");
        #endregion

        Assert.That((report.Status, (await client.ExplainAsync(job.Id)).Reasons.Single()), Is.EqualTo((HealthStatus.Degraded, (await client.ExplainAsync(job.Id)).Reasons.OfType<PausedReason>().Single())));

        #region resume
        await launcher.ResumeAsync();
        #endregion

        Assert.That((await client.WaitAsync(job.Id)).State, Is.EqualTo(JobState.JobFinished));
    }

    internal sealed class Simulate : ApplicationDefinition
    {
        public override CommandTemplate Command => "true";
    }
}
