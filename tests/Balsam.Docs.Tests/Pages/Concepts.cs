using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Concepts
{
    [Test]
    public async Task Graph_AsOnThePage_RunsInOrder()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Relax>());
        BalsamClient client = docs.Client;

        #region graph
        NewJob first = Relax.NewJob("chain/1", new Relax.Parameters("a.xyz"));
        NewJob second = Relax.NewJob("chain/2", new Relax.Parameters("b.xyz")).After(first).Tag("study", "a");
        IReadOnlyList<Job> jobs = await client.SubmitAsync([first, second]);
        #endregion

        #region each
        await foreach (Job job in client.WhenEachAsync(jobs))
        {
            Console.WriteLine($"{job.Workdir}: {job.State.ToText()} after {job.Attempt} attempt(s)");
        }
        #endregion

        Assert.That((await client.CountByStateAsync())[JobState.JobFinished], Is.EqualTo(2));
    }

    [Test]
    public async Task Script_AsOnThePage_Runs()
    {
        string directory = Directory.CreateTempSubdirectory("balsam-docs-").FullName;
        {
            #region script
            await using var site = await BalsamSite.OpenAsync(directory, balsam => balsam.AddApplication<Relax>());
            await site.Client.SubmitAsync(Relax.NewJob("one", new Relax.Parameters("a.xyz")));
            IdleReport report = await site.RunUntilIdleAsync();
            #endregion

            Assert.That(report.AllFinished);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Host_AsOnThePage_Runs()
    {
        string directory = Directory.CreateTempSubdirectory("balsam-docs-").FullName;

        #region host
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddBalsam(balsam => balsam
            .UseLiteDb(Path.Combine(directory, "campaign.db"))
            .Configure(options => options.DataDirectory = Path.Combine(directory, "data"))
            .AddApplication<Relax>()
            .AddLauncher(options => options.DrainTimeout = TimeSpan.FromMinutes(1)));
        using IHost host = builder.Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<BalsamClient>();
        #endregion

        Job job = await client.WaitAsync((await client.SubmitAsync(Relax.NewJob("one", new Relax.Parameters("a.xyz")))).Id);
        await host.StopAsync();
        Assert.That(job.State, Is.EqualTo(JobState.JobFinished));
        Directory.Delete(directory, recursive: true);
    }

    #region application
    internal sealed class Relax : ApplicationDefinition<Relax.Parameters>
    {
        public sealed record Parameters(string Input, double Tolerance = 1e-4);

        public override CommandTemplate Command => "echo relaxing {{ input }} to {{ tolerance }}";
    }
    #endregion
}
