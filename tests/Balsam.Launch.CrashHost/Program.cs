// CrashHost DIRECTORY SCRIPT…: runs the jobs of DIRECTORY/balsam.db until it is killed, or nothing is left to do. Exit code 0 when every job finished.
// BALSAM_TEST_LEASE in the environment is how many seconds its lease lasts, BALSAM_TEST_CRASH_LIMIT the crash limit; unless they are set, the defaults hold.
// CrashHost DIRECTORY --kill-in-hook: the same with a job whose hook kills the host, and another.
// CrashHost DIRECTORY --split [before|after]: the same with a job that submits others in a hook; the host kills itself before or after that is written.
using System.Globalization;
using Balsam;
using Balsam.Launch;
using Balsam.Launch.CrashHost;
using Balsam.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
builder.Services.AddBalsam(balsam => balsam
    .Configure(options => options.DataDirectory = Path.Combine(args[0], "data"))
    .UseLiteDb(Path.Combine(args[0], "balsam.db"))
    .AddApplication<Script>()
    .AddApplication<Splitter>()
    .AddApplication<Killer>()
    .AddLauncher(options =>
    {
        options.Nodes.Add(new NodeSpec("n1", 4));
        if (int.TryParse(Environment.GetEnvironmentVariable("BALSAM_TEST_LEASE"), CultureInfo.InvariantCulture, out int seconds))
        {
            options.LeaseDuration = TimeSpan.FromSeconds(seconds);
            options.Heartbeat = options.LeaseDuration / 8;
        }

        if (int.TryParse(Environment.GetEnvironmentVariable("BALSAM_TEST_CRASH_LIMIT"), CultureInfo.InvariantCulture, out int limit))
        {
            options.CrashLimit = limit;
        }
    }));
if (args is [_, "--split", string when])
{
    ServiceDescriptor inner = builder.Services.Single(service => service.ServiceType == typeof(IJobStore));
    builder.Services.Remove(inner);
    builder.Services.AddSingleton<IJobStore>(provider => new KillingStore((IJobStore)inner.ImplementationFactory!(provider), after: when == "after"));
}

using IHost host = builder.Build();
await host.StartAsync();
var client = host.Services.GetRequiredService<BalsamClient>();
if (await client.Jobs.CountAsync() == 0)
{
    NewJob split = Splitter.NewJob("split", new Splitter.Parameters(args[0]));
    await client.SubmitAsync(args is [_, "--split", ..]
        ? [split, Script.NewJob("reduce", new Script.Parameters("ls -d ../part*")).After(split)]
        : args is [_, "--kill-in-hook"] ? [Killer.NewJob("killer", new Killer.Parameters(args[0])), Script.NewJob("other", new Script.Parameters("true"))]
        : args[1..].Select((script, i) => Script.NewJob($"job{i}", new Script.Parameters(script))));
}

IdleReport report = await host.Services.GetRequiredService<Launcher>().WaitUntilIdleAsync();
await host.StopAsync();
await ((IAsyncDisposable)host).DisposeAsync();
Console.WriteLine(report);
return report.AllFinished ? 0 : 1;
