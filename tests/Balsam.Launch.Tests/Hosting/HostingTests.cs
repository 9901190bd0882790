using Balsam.Storage;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Balsam.Launch.Tests.Hosting;

/// <summary>A host that cannot work says so when it starts, with what to do.</summary>
public sealed class HostingTests
{
    private string _directory = null!;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("balsam-hosting-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    private static IEnumerable<TestCaseData> WrongOptions()
    {
        yield return Case(options => options.WallTime = TimeSpan.Zero, "LauncherOptions.WallTime is 00:00:00; set it to more than zero and at most 3650 days, or to null to run until stopped.");
        yield return Case(options => options.WallTime = TimeSpan.MaxValue, "LauncherOptions.WallTime is");
        yield return Case(options => options.IdleTimeout = TimeSpan.FromSeconds(-1), "LauncherOptions.IdleTimeout is -00:00:01; set it to zero or more");
        yield return Case(options => options.DrainTimeout = TimeSpan.FromSeconds(-1), "LauncherOptions.DrainTimeout is -00:00:01; set it to zero or more");
        yield return Case(options => options.KillGrace = TimeSpan.FromTicks(-1), "LauncherOptions.KillGrace is");
        yield return Case(options => options.RecordTimeout = TimeSpan.Zero, "LauncherOptions.RecordTimeout is 00:00:00; set it to more than zero and at most 49 days.");
        yield return Case(options => options.HookConcurrency = 0, "LauncherOptions.HookConcurrency is 0; set it to at least 1.");
        yield return Case(options => options.HookTimeLimit = TimeSpan.Zero, "LauncherOptions.HookTimeLimit is 00:00:00; set it to more than zero and at most 49 days.");
        yield return Case(options => options.HookTimeLimit = TimeSpan.FromDays(50), "LauncherOptions.HookTimeLimit is 50.00:00:00");
        yield return Case(options => options.ErrorTailLines = -1, "LauncherOptions.ErrorTailLines is -1; set it between 0 and 10,000.");
        yield return Case(options => options.Heartbeat = TimeSpan.Zero, "LauncherOptions.Heartbeat is 00:00:00");
        yield return Case(options => options.Heartbeat = TimeSpan.MaxValue, "LauncherOptions.Heartbeat is");
        yield return Case(options => options.LeaseDuration = TimeSpan.FromSeconds(119), "LauncherOptions.LeaseDuration is 00:01:59; set it to at least twice Heartbeat (00:01:00)");
        yield return Case(options => options.Filter = null!, "LauncherOptions.Filter is null; set JobFilter.All to take every job.");
        yield return Case(
            options =>
            {
                options.Nodes.Add(new NodeSpec("n1", 1));
                options.Nodes.Add(new NodeSpec("n1", 2));
            },
            "LauncherOptions.Nodes names 'n1' twice; give every node a name of its own.");

        static TestCaseData Case(Action<LauncherOptions> wrong, string message) => new TestCaseData(wrong, message).SetArgDisplayNames(message);
    }

    [TestCaseSource(nameof(WrongOptions))]
    public async Task Start_WrongOption_IsRefusedSayingWhatToSet(Action<LauncherOptions> wrong, string message)
    {
        OptionsValidationException? refused = await RefusedAsync(balsam => balsam.UseInMemory().AddApplication<Fine>().AddLauncher(wrong));
        Assert.That(refused!.Failures.First(), Does.StartWith(message));
    }

    [Test]
    public async Task Start_SeveralWrongOptions_AreToldTogether()
    {
        OptionsValidationException? refused = await RefusedAsync(balsam => balsam.UseInMemory().AddLauncher(options =>
        {
            options.HookConcurrency = 0;
            options.ErrorTailLines = -1;
        }));
        Assert.That(refused!.Failures.Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task Start_NoStore_NamesTheCallsThatChooseOne()
    {
        OptionsValidationException? refused = await RefusedAsync(balsam => balsam.AddApplication<Fine>());
        Assert.That(refused!.Message, Does.Contain("No job store was chosen. Call UseLiteDb(\"campaign.db\")").And.Contain("UseInMemory()"));
    }

    [Test]
    public async Task Start_TwoStores_NamesBoth()
    {
        OptionsValidationException? refused = await RefusedAsync(balsam => balsam.UseInMemory().UseLiteDb(Path.Combine(_directory, "a.db")));
        Assert.That(refused!.Message, Does.Contain($"Two job stores were chosen: UseInMemory() and UseLiteDb(\"{Path.Combine(_directory, "a.db")}\"). Keep one."));
    }

    [Test]
    public async Task Start_TwoApplicationsOfOneName_NamesBothClasses()
    {
        OptionsValidationException? refused = await RefusedAsync(balsam => balsam.UseInMemory().AddApplication<Fine>().AddApplication<Namesake>());
        Assert.That(refused!.Message, Does.Contain($"Two classes are stored as 'Fine': {typeof(Fine).FullName} and {typeof(Namesake).FullName}. Give one of them another [ApplicationName]."));
    }

    [Test]
    public async Task Start_TemplateWithUnknownName_ListsTheKnownOnes()
    {
        OptionsValidationException? refused = await RefusedAsync(balsam => balsam.UseInMemory().AddApplication<Misspelt>());
        Assert.That(refused!.Message, Does.Contain("Application 'Misspelt': the command uses '{{ tolerence }}', which is not one of its parameters. Known: input, tolerance."));
    }

    [Test]
    public async Task Start_ApplicationWithoutCommand_SaysWhatToOverride()
    {
        OptionsValidationException? refused = await RefusedAsync(balsam => balsam.UseInMemory().AddApplication<Empty>());
        Assert.That(refused!.Message, Does.Contain("Application 'Empty' (Empty) has no command. Override Command, or derive from FunctionApplication."));
    }

    [Test]
    public async Task Start_ApplicationThatCannotBeMade_SaysWhy()
    {
        OptionsValidationException? refused = await RefusedAsync(balsam => balsam.UseInMemory().AddApplication<Needy>());
        Assert.That(refused!.Message, Does.Contain("Application 'Needy' (Needy) cannot be read: ").And.Contain(nameof(ICloneable)));
    }

    [Test]
    public async Task Start_EverythingWrongAtOnce_IsToldTogether()
    {
        OptionsValidationException? refused = await RefusedAsync(balsam => balsam.Configure(options =>
        {
            options.DataDirectory = " ";
            options.Site = "not a name";
        }).AddApplication<Empty>().AddApplication<Misspelt>());
        Assert.That(refused!.Failures.Count(), Is.EqualTo(5), refused.Message);
    }

    [Test]
    public async Task AddBalsam_Twice_AddsToWhatIsThere()
    {
        using IHost host = Build(balsam => balsam.UseInMemory().AddApplication<Fine>().AddLauncher(), balsam => balsam.UseInMemory().AddApplication<Fine>().AddLauncher(options => options.HookConcurrency = 7));
        await host.StartAsync();
        Assert.That(host.Services.GetServices<IHostedService>().Count(service => service.GetType().Name == "LauncherService"), Is.EqualTo(1));
        Assert.That(host.Services.GetServices<INodeCatalog>().Count(), Is.EqualTo(1));
        Assert.That(host.Services.GetRequiredService<IOptions<LauncherOptions>>().Value.HookConcurrency, Is.EqualTo(7));
        Job job = await host.Services.GetRequiredService<BalsamClient>().SubmitAsync(Fine.NewJob("x"));
        Assert.That(await host.Services.GetRequiredService<BalsamClient>().ResultAsync<string>(job).WaitAsync(TimeSpan.FromSeconds(20)), Is.EqualTo("x"));
        await host.StopAsync();
    }

    [Test]
    public async Task Start_StoreHeldByAnotherHost_SaysWhoHoldsIt()
    {
        string path = Path.Combine(_directory, "held.db");
        using IHost first = Build(balsam => balsam.UseLiteDb(path).AddLauncher());
        await first.StartAsync();
        using IHost second = Build(balsam => balsam.UseLiteDb(path).AddLauncher());
        StoreException? refused = await Assert.ThrowsAsync<StoreException>(() => second.StartAsync());
        Assert.That((refused!.Kind, refused.Message), Is.EqualTo((StoreErrorKind.Locked, refused.Message)));
        Assert.That(refused.Message, Does.Contain(path).And.Contain(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        await first.StopAsync();
        await ((IAsyncDisposable)first).DisposeAsync();
        using IHost third = Build(balsam => balsam.UseLiteDb(path).AddLauncher());
        await third.StartAsync();
        await third.StopAsync();
        await ((IAsyncDisposable)third).DisposeAsync();
    }

    [Test]
    public async Task Client_WithoutALauncher_SubmitsWhatALauncherRunsLater()
    {
        await using var store = new InMemoryJobStore();
        using IHost submitting = Build(balsam => balsam.UseInMemory(store).AddApplication<Fine>());
        Job job = await submitting.Services.GetRequiredService<BalsamClient>().SubmitAsync(Fine.NewJob("x"));
        using IHost running = Build(balsam => balsam.UseInMemory(store).AddApplication<Fine>().AddLauncher());
        await running.StartAsync();
        Assert.That((await submitting.Services.GetRequiredService<BalsamClient>().WaitAsync(job.Id).WaitAsync(TimeSpan.FromSeconds(20))).State, Is.EqualTo(JobState.JobFinished));
        await running.StopAsync();
    }

    private async Task<OptionsValidationException?> RefusedAsync(Action<IBalsamBuilder> configure)
    {
        using IHost host = Build(configure);
        return await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    private IHost Build(params Action<IBalsamBuilder>[] configure)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddBalsam().Configure(options => options.DataDirectory = Path.Combine(_directory, "data"));
        foreach (Action<IBalsamBuilder> one in configure)
        {
            builder.Services.AddBalsam(one);
        }

        return builder.Build();
    }

    internal sealed class Fine : FunctionApplication<string, string>
    {
        protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input);
    }

    [ApplicationName("Fine")]
    internal sealed class Namesake : FunctionApplication<string, string>
    {
        protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input);
    }

    internal sealed class Misspelt : ApplicationDefinition<Misspelt.Parameters>
    {
        public sealed record Parameters(string Input, double Tolerance = 1);

        public override CommandTemplate Command => "relax {{ input }} {{ tolerence }}";
    }

    internal sealed class Empty : ApplicationDefinition;

    internal sealed class Needy(ICloneable nowhere) : ApplicationDefinition
    {
        public override CommandTemplate Command => nowhere.ToString()!;
    }
}
