namespace Balsam.Throughput.Measuring;

/// <summary>The processes that this one has started and that still run, as the system knows them: a job is RUNNING in the store before its process is there.</summary>
internal static class ChildProcesses
{
    public static int Count()
    {
        int count = 0;
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                count += File.ReadAllText(Path.Combine(task, "children")).Count(static letter => letter == ' ');
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The thread has ended, and with it what it started belongs to another.
            }
        }

        return count;
    }
}
