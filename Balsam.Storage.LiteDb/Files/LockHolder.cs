using System.Diagnostics;
using System.Globalization;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>Who holds a store file, as it is written beside the file for the next opener to read.</summary>
/// <param name="Host">The name of the machine.</param>
/// <param name="ProcessId">The process id on that machine.</param>
/// <param name="Program">The name of the program.</param>
/// <param name="ProcessStarted">When the process started, UTC.</param>
/// <param name="Since">When the file was opened, UTC.</param>
internal sealed record LockHolder(string Host, int ProcessId, string Program, DateTimeOffset ProcessStarted, DateTimeOffset Since)
{
    // Two readings of when a process started differ by the rounding of the system's clocks.
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(2);
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The record of this process.</summary>
    public static LockHolder Current(DateTimeOffset since)
    {
        using var self = Process.GetCurrentProcess();
        return new LockHolder(Environment.MachineName, self.Id, ProgramName(self), self.StartTime.ToUniversalTime(), since.ToUniversalTime());
    }

    /// <summary>Reads what <see cref="ToText"/> wrote; null when it is incomplete.</summary>
    public static LockHolder? Parse(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0)
            {
                fields[line[..colon]] = line[(colon + 2)..];
            }
        }

        return fields.TryGetValue("host", out string? host)
            && fields.TryGetValue("program", out string? program)
            && int.TryParse(fields.GetValueOrDefault("process"), CultureInfo.InvariantCulture, out int id)
            && TryInstant(fields.GetValueOrDefault("process started"), out DateTimeOffset started)
            && TryInstant(fields.GetValueOrDefault("open since"), out DateTimeOffset since)
            ? new LockHolder(host, id, program, started, since)
            : null;
    }

    /// <summary>The record as lines a person can read too.</summary>
    public string ToText() =>
        $"host: {OneLine(Host)}\nprocess: {ProcessId.ToString(CultureInfo.InvariantCulture)}\nprogram: {OneLine(Program)}\n"
        + $"process started: {Instant(ProcessStarted)}\nopen since: {Instant(Since)}\n";

    /// <summary>The record as a sentence.</summary>
    public string Describe()
    {
        string self = ProcessId == Environment.ProcessId && Host == Environment.MachineName ? ", this very process," : string.Empty;
        return $"process {ProcessId.ToString(CultureInfo.InvariantCulture)} ({Program}) on host {Host}{self} has held it since {Instant(Since)}.";
    }

    /// <summary>Says whether the holder was a process of this machine that has ended; its number may be another process's by now.</summary>
    public bool HasEnded()
    {
        if (Host != Environment.MachineName)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return (process.StartTime.ToUniversalTime() - ProcessStarted).Duration() > StartTolerance;
        }
        catch (ArgumentException)
        {
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It is ending, or belongs to somebody else: who can tell.
            return false;
        }
    }

    private static string ProgramName(Process self) =>
        Environment.ProcessPath is { } path ? System.IO.Path.GetFileName(path) : self.ProcessName;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    private static bool TryInstant(string? text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant);
}
