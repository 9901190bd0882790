using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>
/// A second process on the same store: this test assembly, started again with a task in its environment, which it does before anything else.
/// </summary>
internal static class ChildProcess
{
    private const string TaskVariable = "BALSAM_TEST_CHILD";

    /// <summary>Starts a child that opens the store, says "open", and waits to be killed.</summary>
    public static Process Hold(string path) => Start("hold", path, 0);

    /// <summary>Starts a child under another account that opens the store and says "open", or the kind and the words of the refusal.</summary>
    public static Process OpenAs(int account, string path)
    {
        ProcessStartInfo start = StartInfo("try", path, 0);
        string program = start.FileName;
        start.FileName = "setpriv";
        foreach (string argument in new[] { FormattableString.Invariant($"--reuid={account}"), FormattableString.Invariant($"--regid={account}"), "--clear-groups", program }.Reverse())
        {
            start.ArgumentList.Insert(0, argument);
        }

        start.RedirectStandardError = true;
        start.Environment["HOME"] = "/";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>Starts a child that commits batches, saying each number when it is acknowledged and "checkpoint" before each checkpoint.</summary>
    public static Process Batches(string path, long checkpointAt) => Start("batches", path, checkpointAt);

    private static Process Start(string task, string path, long checkpointAt) => Process.Start(StartInfo(task, path, checkpointAt))!;

    private static ProcessStartInfo StartInfo(string task, string path, long checkpointAt)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(ChildProcess).Assembly.Location])
        {
            RedirectStandardOutput = true,
            Environment = { [TaskVariable] = string.Create(CultureInfo.InvariantCulture, $"{task}|{checkpointAt}|{path}") },
        };
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }

#pragma warning disable CA2255 // The assembly is an application here, and its entry point belongs to the test platform.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void RunTask()
    {
        if (Environment.GetEnvironmentVariable(TaskVariable) is not { } task)
        {
            return;
        }

        string[] parts = task.Split('|', 3);
        var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        if (parts[0] == "try")
        {
            TryOpen(parts[2], output);
            Environment.Exit(0);
        }

        using LiteDbFile file = LiteDbFile.Open(parts[2], new LiteDbFileOptions { CheckpointAt = long.Parse(parts[1], CultureInfo.InvariantCulture) });
        output.WriteLine("open");
        if (parts[0] == "hold")
        {
            Thread.Sleep(Timeout.Infinite);
        }

        CommitForEver(file, output);
    }

    private static void TryOpen(string path, StreamWriter output)
    {
        try
        {
            LiteDbFile.Open(path).Dispose();
            output.WriteLine("open");
        }
        catch (StoreFileException refusal)
        {
            output.WriteLine($"{refusal.Problem}: {refusal.Message}");
        }
    }

    private static void CommitForEver(LiteDbFile file, StreamWriter output)
    {
        int number = file.Read(static database => database.GetCollection("counter").FindById(1)?["last"].AsInt32 ?? 0);
        while (true)
        {
            BatchWorkload.Commit(file, ++number);
            output.WriteLine(number);
            if (file.CheckpointDue)
            {
                output.WriteLine("checkpoint");
                file.Checkpoint();
            }
        }
    }
}
