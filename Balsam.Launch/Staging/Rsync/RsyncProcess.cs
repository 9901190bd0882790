using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Balsam.Launch.Running;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Staging.Rsync;

/// <summary>Runs rsync in a directory that is held by its descriptor, so that no link can take its place meanwhile.</summary>
internal static class RsyncProcess
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static async Task<RsyncEnd> RunAsync(string program, IReadOnlyList<string> arguments, SafeFileHandle directory, CancellationToken cancellationToken)
    {
        using Process process = Start(program, arguments, directory);
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process).ConfigureAwait(false);
            throw;
        }

        return new RsyncEnd(process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, SafeFileHandle directory)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            // Until the program begins, the child has the descriptors of this process.
            WorkingDirectory = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory.DangerousGetHandle()}"),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["LC_ALL"] = "C";
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception exception)
        {
            throw new TransferException($"'{program}' cannot be started: {exception.Message}. Install rsync, or set RsyncOptions.Program.", isTransient: false, exception);
        }
    }

    // Asked to end, it keeps what has arrived.
    private static async Task EndAsync(Process process)
    {
        _ = LibC.Kill(process.Id, LibC.SigTerm);
        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Grace, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
