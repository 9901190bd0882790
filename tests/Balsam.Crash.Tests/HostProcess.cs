using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Balsam.Crash.Tests;

/// <summary>A campaign's host, started ahead of time: it waits, all compiled, until the one before it is dead.</summary>
internal sealed class HostProcess : IDisposable
{
    /// <summary>The exit code of a process that SIGKILL has ended.</summary>
    public const int Killed = 137;

    // In milliseconds, hexadecimal: a host that lives for a second does not get back what it would cost to optimize it.
    private const string NoOptimization = "EA60";

    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(10);
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private Task<string>? _rest;

    private HostProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_said)
            {
                _said.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    /// <summary>What it said, for messages.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Starts one of a campaign.</summary>
    public static HostProcess Campaign(string directory, int seed) => Start(directory, seed.ToString(CultureInfo.InvariantCulture));

    /// <summary>Starts one that opens and closes a store, and kills itself at an operation on its files.</summary>
    public static HostProcess Open(string path, int tick) => Start("--open", path, tick.ToString(CultureInfo.InvariantCulture));

    /// <summary>Gives it its plan.</summary>
    public async Task GoAsync(CrashPlan plan)
    {
        Assert.That(await ReadAsync(), Is.EqualTo(CampaignHost.Warm), Said);
        await _process.StandardInput.WriteLineAsync(plan.ToString());
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Reads a number that it says.</summary>
    public async Task<int> NumberAsync() => int.Parse(await ReadAsync() ?? "", CultureInfo.InvariantCulture);

    /// <summary>Waits until it runs jobs; false when it died before.</summary>
    public async Task<bool> IsReadyAsync() => await ReadAsync() == CampaignHost.Ready;

    /// <summary>Kills it with SIGKILL, unless it has ended.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It was quicker.
        }
    }

    /// <summary>Waits for its end; null when it takes longer than that.</summary>
    public async Task<int?> ExitAsync(TimeSpan? patience = null)
    {
        try
        {
            string rest = await (_rest ??= _process.StandardOutput.ReadToEndAsync()).WaitAsync(patience ?? Guard);
            await _process.WaitForExitAsync();
            lock (_said)
            {
                _said.Append(rest);
            }

            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private static HostProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(CrashPlan).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = NoOptimization;
        return new HostProcess(Process.Start(start)!);
    }

    private async Task<string?> ReadAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Guard);
}
