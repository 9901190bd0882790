// StopHost DIRECTORY OPTION…: runs the jobs of DIRECTORY/balsam.db until it is told to stop. It submits a job for each --script TEXT, --deaf-function and --deaf-hook.
// --drain, --grace, --record, --host SECONDS set the limits; --site runs a BalsamSite rather than a host. The store hangs while DIRECTORY/hang is there.
// It writes "log ID" for each message of the launcher, and "code" when code of an application that never returns has begun.
using System.Globalization;
using Balsam;
using Balsam.Launch.StopHost;
using Balsam.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

string directory = args[0];
List<NewJob> jobs = [];
TimeSpan host = TimeSpan.FromMinutes(5);
Action<LauncherOptions> limits = options => options.Nodes.Add(new NodeSpec("n1", 4));
bool isSite = false;
for (int i = 1; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--script":
            jobs.Add(Script.NewJob(new Script.Parameters(args[++i])));
            break;
        case "--deaf-function":
            jobs.Add(DeafFunction.NewJob("x"));
            break;
        case "--deaf-hook":
            jobs.Add(DeafHook.NewJob("x"));
            break;
        case "--drain":
            TimeSpan drain = Seconds(args[++i]);
            limits += options => options.DrainTimeout = drain;
            break;
        case "--grace":
            TimeSpan grace = Seconds(args[++i]);
            limits += options => options.KillGrace = grace;
            break;
        case "--record":
            TimeSpan record = Seconds(args[++i]);
            limits += options => options.RecordTimeout = record;
            break;
        case "--host":
            host = Seconds(args[++i]);
            break;
        case "--site":
            isSite = true;
            break;
        default:
            throw new ArgumentException($"'{args[i]}' is not an option.");
    }
}

if (isSite)
{
    await using var site = await BalsamSite.OpenAsync(directory, Configure);
    await site.Client.SubmitAsync(jobs);
    await site.RunUntilIdleAsync();
    return;
}

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = host);
builder.Services.AddBalsam(balsam => Configure(balsam.UseLiteDb(Path.Combine(directory, "balsam.db")).Configure(options => options.DataDirectory = Path.Combine(directory, "data"))));
ServiceDescriptor inner = builder.Services.Single(service => service.ServiceType == typeof(IJobStore));
builder.Services.Remove(inner);
builder.Services.AddSingleton<IJobStore>(provider => new HangingStore((IJobStore)inner.ImplementationFactory!(provider), Path.Combine(directory, "hang")));
using IHost built = builder.Build();
await built.StartAsync();
await built.Services.GetRequiredService<BalsamClient>().SubmitAsync(jobs);
await built.WaitForShutdownAsync();

static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));

void Configure(IBalsamBuilder balsam)
{
    balsam.Services.AddLogging(logging => logging.ClearProviders().AddProvider(new LineLog()));
    balsam.AddApplication<Script>().AddApplication<DeafFunction>().AddApplication<DeafHook>().AddLauncher(limits);
}
