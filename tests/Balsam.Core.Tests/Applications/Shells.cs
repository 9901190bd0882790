using System.Diagnostics;
using System.Text;

namespace Balsam.Core.Tests.Applications;

/// <summary>Real shells, for what only they can say.</summary>
internal static class Shells
{
    public static IReadOnlyList<string> All { get; } = [.. new[] { "/bin/sh", "/bin/bash" }.Where(File.Exists)];

    /// <summary>Runs a command line and gives what it printed.</summary>
    public static async Task<string> RunAsync(string shell, string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo(shell)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            WorkingDirectory = directory,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["CANARY"] = Path.Combine(directory, "canary");
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await errors;
        await process.WaitForExitAsync();
        return output;
    }

    /// <summary>The words that a program sees in place of <c>words</c> in a command line that prints them.</summary>
    public static async Task<string[]> WordsAsync(string shell, string directory, string command)
    {
        string output = await RunAsync(shell, directory, "-c", command);
        return output.Split('\0')[..^1];
    }
}
