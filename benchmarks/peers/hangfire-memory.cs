// Hangfire with its in-memory storage and 2 workers: spawn or function; prints jobs a second. dotnet run -c Release hangfire-memory.cs -- spawn|function [COUNT]
#:package Hangfire.Core@1.8.25
#:package Hangfire.InMemory@1.0.0
#:package Newtonsoft.Json@13.0.3
#:property PublishAot=false
#:property ServerGarbageCollector=false

using System.Diagnostics;
using System.Globalization;
using Hangfire;
using Hangfire.InMemory;

bool spawns = args[0] == "spawn";
int count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : spawns ? 2000 : 20_000;
string root = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"peer-{Environment.ProcessId}");
Directory.CreateDirectory(root);
Directory.SetCurrentDirectory(root);
try
{
    Measure("warm", count / 10);
    double seconds = Measure("run", count);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hangfire.{args[0]}.jobs_per_s={count / seconds:F0}"));
}
finally
{
    Directory.Delete(root, recursive: true);
}

double Measure(string name, int jobs)
{
    using var storage = new InMemoryStorage();
    var client = new BackgroundJobClient(storage);
    using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = 2 }, storage);
    long begin = Stopwatch.GetTimestamp();
    for (int i = 0; i < jobs; i++)
    {
        string workdir = $"{name}/{i}";
        if (spawns)
        {
            client.Enqueue(() => Work.Spawn(workdir));
        }
        else
        {
            client.Enqueue(() => Work.Nothing(i));
        }
    }

    while (storage.GetMonitoringApi().GetStatistics() is var now && now.Succeeded < jobs)
    {
        if (now.Failed > 0)
        {
            throw new InvalidOperationException("A job failed.");
        }

        Thread.Sleep(2);
    }

    return Stopwatch.GetElapsedTime(begin).TotalSeconds;
}

public static class Work
{
    public static int Nothing(int input) => input;

    public static void Spawn(string workdir)
    {
        Directory.CreateDirectory(workdir);
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec /bin/true >job.out 2>&1"]) { WorkingDirectory = workdir })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("The program failed.");
        }
    }
}
