using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Balsam.Launch.StopHost;
using Balsam.Launch.Tests.Engine;

namespace Balsam.Launch.Tests.Shutdown;

/// <summary>A host as a process of its own, whose lines can be waited for.</summary>
internal sealed class StopProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task _reading;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _seen = [];

    private StopProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    public static StopProcess Start(string directory, params IEnumerable<string> arguments) => new(Process.Start(
        new ProcessStartInfo("dotnet", [typeof(Script).Assembly.Location, directory, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!);

    /// <summary>Waits for a message of the launcher.</summary>
    public Task LogAsync(int id) => LineAsync(string.Create(CultureInfo.InvariantCulture, $"log {id} "));

    /// <summary>Waits for a line that begins so; each is seen once.</summary>
    public async Task LineAsync(string start)
    {
        while (await EngineHarness.Soon(_lines.Reader.WaitToReadAsync().AsTask(), $"the line '{start}'"))
        {
            while (_lines.Reader.TryRead(out string? line))
            {
                if (line.StartsWith(start, StringComparison.Ordinal))
                {
                    return;
                }
            }
        }

        throw new AssertionException($"The process ended without the line '{start}'. It wrote:\n{string.Join('\n', _seen)}\n{await _errors}");
    }

    public async Task SignalAsync(string name)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{name} {_process.Id}")]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await EngineHarness.Soon(_process.WaitForExitAsync(), "the host's process to end");
        await EngineHarness.Soon(_reading, "its output to end");
        TestContext.Out.WriteLine(string.Join('\n', _seen) + '\n' + await EngineHarness.Soon(_errors));
        return _process.ExitCode;
    }

    public bool Wrote(int id) => _seen.Any(line => line.StartsWith(string.Create(CultureInfo.InvariantCulture, $"log {id} "), StringComparison.Ordinal));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _seen.Add(line);
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
