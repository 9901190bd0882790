using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Balsam.Load.Host.Measuring;

/// <summary>The processes of this machine, as /proc shows them; the dead that nobody has reaped do not count.</summary>
internal static class Processes
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The living children of this process.</summary>
    public static int[] Children()
    {
        string parent = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return [.. All().Where(pid => StatOf(pid) is [not "Z" and not "X", var ppid, ..] && ppid == parent)];
    }

    /// <summary>The living processes that have a text in their environment.</summary>
    public static int[] WithEnvironment(string text)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(text);
        return [.. All().Where(pid => pid != Environment.ProcessId && Read(pid, "environ").AsSpan().IndexOf(wanted) >= 0)];
    }

    public static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Looks again and again until something holds: nothing tells of what other processes do. The caller's own time limit is the guard.</summary>
    public static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    /// <inheritdoc cref="UntilAsync(Func{bool})"/>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Delay(Pause);
        }
    }

    private static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    // State and parent come after the name, which may hold anything.
    private static string[] StatOf(int pid)
    {
        string stat = Encoding.UTF8.GetString(Read(pid, "stat"));
        int end = stat.LastIndexOf(')');
        return end < 0 ? [] : stat[(end + 2)..].Split(' ', 3);
    }

    private static byte[] Read(int pid, string file)
    {
        try
        {
            return File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
