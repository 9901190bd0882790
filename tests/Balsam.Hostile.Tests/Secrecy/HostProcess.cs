using System.Diagnostics;
using System.Runtime.Versioning;
using Balsam.Hostile.Host;

namespace Balsam.Hostile.Tests.Secrecy;

/// <summary>The host program, started under a umask that hides nothing, with its secrets in its environment.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    public HostProcess(string directory, string token, string key)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "umask 0; exec \"$@\"", "sh", Environment.ProcessPath!, typeof(Teller).Assembly.Location, directory])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment[Host.Secrets.Token] = token;
        start.Environment[Host.Secrets.Key] = key;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Kills the host alone, as kill -9 does.</summary>
    public void Kill() => _process.Kill(entireProcessTree: false);

    /// <summary>Waits for the end.</summary>
    public async Task<(int Code, string Output)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, await _output.WaitAsync(Patience) + await _errors.WaitAsync(Patience));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
