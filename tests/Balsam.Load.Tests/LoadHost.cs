using System.Diagnostics;
using System.Globalization;

namespace Balsam.Load.Tests;

/// <summary>Runs a scenario in a process of its own.</summary>
internal static class LoadHost
{
    private const string Root = "root";

    /// <summary>Starts the host, waits for its end, and gives the figures that it printed.</summary>
    /// <exception cref="AssertionException">Something did not hold, or it took longer than it may.</exception>
    /// <param name="scenario">The scenario.</param>
    /// <param name="size">Its size.</param>
    /// <param name="bound">What it may take.</param>
    /// <param name="descriptors">How many descriptors it may open, without the privileges of root; null for what this process may.</param>
    public static async Task<IReadOnlyDictionary<string, double>> RunAsync(string scenario, int size, Bound bound, int? descriptors = null)
    {
        string host = Path.Combine(TestContext.CurrentContext.TestDirectory, "Balsam.Load.Host.dll");
        string[] command = ["dotnet", "exec", host, scenario, size.ToString(CultureInfo.InvariantCulture)];
        if (descriptors is { } limit)
        {
            string[] unprivileged = Environment.UserName == Root ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [];
            command = [.. unprivileged, "sh", "-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {limit}; exec \"$@\""), "sh", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(bound.Seconds));
        try
        {
            await process.WaitForExitAsync(late.Token);
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
