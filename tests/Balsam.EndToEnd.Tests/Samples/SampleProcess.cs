using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Balsam.EndToEnd.Tests.Samples;

/// <summary>A sample that runs as a process; its lines can be waited for.</summary>
internal sealed class SampleProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource _patience = new(Patience);
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _seen = [];
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task _reading;

    private SampleProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(_patience.Token);
        _reading = ReadAsync();
    }

    /// <summary>Starts a sample in a directory.</summary>
    public static SampleProcess Start(string sample, string directory, params IEnumerable<string> arguments) => new(Process.Start(
        new ProcessStartInfo(SamplePaths.ProgramOf(sample), arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!);

    /// <summary>Runs a sample to its end.</summary>
    public static async Task<SampleResult> RunAsync(string sample, string directory, params IEnumerable<string> arguments)
    {
        using SampleProcess process = Start(sample, directory, arguments);
        return await process.ExitAsync();
    }

    /// <summary>Waits for a line of the standard output.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> isIt)
    {
        await foreach (string line in _lines.Reader.ReadAllAsync(_patience.Token))
        {
            if (isIt(line))
            {
                return line;
            }
        }

        throw new AssertionException($"The process ended without the line. It wrote:\n{string.Join('\n', _seen)}\n{await _errors}");
    }

    /// <summary>Waits until so many files lie in a directory.</summary>
    public async Task WaitForFilesAsync(string directory, string pattern, int count)
    {
        while (!Directory.Exists(directory) || Directory.GetFiles(directory, pattern).Length < count)
        {
            Assert.That(_process.HasExited, Is.False, "The process ended before it had made the files.");
            await Task.Delay(5, _patience.Token);
        }
    }

    /// <summary>Kills the process alone, as kill -9 does, and waits until it is dead.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync(_patience.Token);
    }

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate()
    {
        using Process kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {_process.Id}")]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<SampleResult> ExitAsync()
    {
        await _process.WaitForExitAsync(_patience.Token);
        await _reading;
        return new SampleResult(_process.ExitCode, string.Join('\n', _seen), await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _patience.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(_patience.Token) is { } line)
        {
            _seen.Add(line);
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
