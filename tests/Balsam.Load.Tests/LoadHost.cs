using System.Diagnostics;
using System.Globalization;

namespace Balsam.Load.Tests;

/// <summary>Runs a scenario in a process of its own.</summary>
internal static class LoadHost
{
    /// <summary>Starts the host, waits for its end, and gives the figures that it printed.</summary>
    /// <exception cref="AssertionException">Something did not hold, or it took longer than it may.</exception>
    public static async Task<IReadOnlyDictionary<string, double>> RunAsync(string scenario, int size, Bound bound)
    {
        string host = Path.Combine(TestContext.CurrentContext.TestDirectory, "Balsam.Load.Host.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", host, scenario, size.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(bound.Seconds));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{scenario} {size} took longer than {bound.Seconds} seconds. So far:\n{await output}");
        }

        Assert.That(process.ExitCode, Is.Zero, $"{scenario} {size}: {await errors}\n{await output}");
        TestContext.Out.Write(await output);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2))
            .ToDictionary(figure => figure[0], figure => double.Parse(figure[1], CultureInfo.InvariantCulture));
    }
}
