using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Balsam.Launch.Platforms;

/// <summary>Asks NVIDIA's tool for the GPUs of the machine.</summary>
internal static class NvidiaSmi
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Runs the tool.</summary>
    /// <returns>The GPUs' numbers; none when there is no tool, or it fails, or it takes too long.</returns>
    public static async Task<IReadOnlyList<string>> FindGpusAsync(CancellationToken cancellationToken)
    {
        Process? process;
        try
        {
            process = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=index", "--format=csv,noheader"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                CreateNoWindow = true,
            });
        }
        catch (Win32Exception)
        {
            return [];
        }

        if (process is null)
        {
            return [];
        }

        using (process)
        {
            return await ReadAsync(process, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the tool's output: one number a line; anything else is no GPU.</summary>
    public static IReadOnlyList<string> Parse(string output) =>
    [
        .. output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Distinct(StringComparer.Ordinal),
    ];

    private static async Task<IReadOnlyList<string>> ReadAsync(Process process, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(either.Token);
            string output = await process.StandardOutput.ReadToEndAsync(either.Token).ConfigureAwait(false);
            await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            return process.ExitCode == 0 ? Parse(output) : [];
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return [];
        }
    }
}
