using System.Diagnostics;
using System.Globalization;

namespace Balsam.Throughput.Limits;

/// <summary>Processes without an engine: <c>bare_loop.c</c> where there is a compiler, else the same calls from .NET.</summary>
internal sealed class BareLoop
{
    private readonly string? _program;

    private BareLoop(string? program) => _program = program;

    /// <summary>Says which of the two it is.</summary>
    public string Kind => _program is null ? "dotnet" : "c";

    /// <summary>Compiles the loop into a directory.</summary>
    public static async Task<BareLoop> MakeAsync(string directory)
    {
        string source = Path.Combine(directory, "bare_loop.c");
        string program = Path.Combine(directory, "bare_loop");
        await using (FileStream file = File.Create(source))
        {
            await typeof(BareLoop).Assembly.GetManifestResourceStream("bare_loop.c")!.CopyToAsync(file);
        }

        foreach (string compiler in (string[])["cc", "gcc", "clang"])
        {
            try
            {
                using Process compiling = Process.Start(new ProcessStartInfo(compiler, ["-O2", "-o", program, source]) { RedirectStandardError = true })!;
                await compiling.StandardError.ReadToEndAsync();
                await compiling.WaitForExitAsync();
                if (compiling.ExitCode == 0)
                {
                    return new BareLoop(program);
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // This compiler is not here; the next may be.
            }
        }

        return new BareLoop(null);
    }

    /// <summary>Runs the loop.</summary>
    public async Task<BareLoopResult> RunAsync(string directory, int count, int slots, params string[] command)
    {
        Directory.CreateDirectory(directory);
        if (_program is null)
        {
            return await Task.Run(() => ManagedLoop.Run(directory, count, slots, command));
        }

        string[] arguments = [directory, count.ToString(CultureInfo.InvariantCulture), slots.ToString(CultureInfo.InvariantCulture), .. command];
        using Process loop = Process.Start(new ProcessStartInfo(_program, arguments) { RedirectStandardOutput = true })!;
        string output = await loop.StandardOutput.ReadToEndAsync();
        await loop.WaitForExitAsync();
        double[] figures = [.. output.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        return loop.ExitCode == 0 && figures.Length == 4
            ? new BareLoopResult(figures[0], figures[1], figures[2], figures[3])
            : throw new InvalidOperationException($"The bare loop failed with exit code {loop.ExitCode}.");
    }
}
