// Quartz.NET with its in-memory store and 2 threads: spawn or function; prints jobs a second. dotnet run -c Release quartz-memory.cs -- spawn|function [COUNT]
#:package Quartz@4.7.3
#:property PublishAot=false
#:property ServerGarbageCollector=false

using System.Collections.Specialized;
using System.Diagnostics;
using System.Globalization;
using Quartz;

bool spawns = args[0] == "spawn";
int count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : spawns ? 2000 : 20_000;
string root = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"peer-{Environment.ProcessId}");
Directory.CreateDirectory(root);
Directory.SetCurrentDirectory(root);
try
{
    await MeasureAsync("warm", count / 10);
    double seconds = await MeasureAsync("run", count);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"quartz.{args[0]}.jobs_per_s={count / seconds:F0}"));
}
finally
{
    Directory.Delete(root, recursive: true);
}

async Task<double> MeasureAsync(string name, int jobs)
{
    Work.Left = new CountdownEvent(jobs);
    IScheduler scheduler = await QuartzSchedulerBuilder.Create(_ => { }).UseProperties(new NameValueCollection
    {
        ["quartz.scheduler.instanceName"] = name,
        ["quartz.scheduler.batchTriggerAcquisitionMaxCount"] = "2",
        ["quartz.threadPool.maxConcurrency"] = "2",
    }).BuildScheduler();
    await scheduler.Start();
    long begin = Stopwatch.GetTimestamp();
    var all = new Dictionary<IJobDetail, IReadOnlyCollection<ITrigger>>();
    for (int i = 0; i < jobs; i++)
    {
        string number = i.ToString(CultureInfo.InvariantCulture);
        IJobDetail job = JobBuilder.Create().OfType(spawns ? typeof(Spawn) : typeof(Nothing)).WithIdentity(number).UsingJobData("workdir", $"{name}/{number}").Build();
        all.Add(job, [TriggerBuilder.Create().WithIdentity(number).StartNow().Build()]);
    }

    await scheduler.ScheduleJobs(all);
    Work.Left.Wait();
    double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
    await scheduler.Shutdown();
    return seconds;
}

public static class Work
{
    public static CountdownEvent Left { get; set; } = new(0);
}

public sealed class Nothing : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        Work.Left.Signal();
        return default;
    }
}

public sealed class Spawn : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        string workdir = context.MergedJobDataMap.GetString("workdir")!;
        Directory.CreateDirectory(workdir);
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec /bin/true >job.out 2>&1"]) { WorkingDirectory = workdir })!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode == 0)
        {
            Work.Left.Signal();
        }
    }
}
