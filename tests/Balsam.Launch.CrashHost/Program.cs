// CrashHost DIRECTORY: runs the jobs of DIRECTORY/balsam.db until it is killed, or nothing is left to do. Exit code 0 when every job finished.
using Balsam;
using Balsam.Launch;
using Balsam.Launch.CrashHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
builder.Services.AddBalsam(balsam => balsam
    .Configure(options => options.DataDirectory = Path.Combine(args[0], "data"))
    .UseLiteDb(Path.Combine(args[0], "balsam.db"))
    .AddApplication<Script>()
    .AddLauncher(options => options.Nodes.Add(new NodeSpec("n1", 4))));
using IHost host = builder.Build();
await host.StartAsync();
var client = host.Services.GetRequiredService<BalsamClient>();
if (await client.Jobs.CountAsync() == 0)
{
    await client.SubmitAsync(args[1..].Select((script, i) => Script.NewJob($"job{i}", new Script.Parameters(script))));
}

IdleReport report = await host.Services.GetRequiredService<Launcher>().WaitUntilIdleAsync();
await host.StopAsync();
await ((IAsyncDisposable)host).DisposeAsync();
Console.WriteLine(report);
return report.AllFinished ? 0 : 1;
