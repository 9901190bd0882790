using System.Globalization;
using Balsam.Throughput.Limits;

namespace Balsam.Throughput.Measuring;

/// <summary>What a scenario needs: where to write, how often to run, where the figures go.</summary>
/// <param name="root">The directory of this run of the program.</param>
/// <param name="runs">How many counted runs.</param>
/// <param name="scale">How much larger than usual the scenarios are.</param>
/// <param name="figures">Where the figures go.</param>
internal sealed class Bench(string root, int runs, double scale, Figures figures)
{
    private int _directories;
    private BareLoop? _loop;

    public int Runs => runs;

    public Figures Figures => figures;

    /// <summary>How many of something to do, where the scenario in full size does a given number.</summary>
    public int Scaled(int full) => Math.Max(1, (int)(full * scale));

    /// <summary>A new directory. Nothing is deleted between runs: creating files after a delete is slower on some file systems.</summary>
    public string NewDirectory() => Directory.CreateDirectory(Path.Combine(root, (++_directories).ToString(CultureInfo.InvariantCulture))).FullName;

    public async Task<BareLoop> LoopAsync() => _loop ??= await BareLoop.MakeAsync(NewDirectory());

    /// <summary>Takes an engine and its limit in turn, after one warm-up of each.</summary>
    public async Task<(List<A> Engine, List<B> Limit)> InTurnAsync<A, B>(Func<Task<A>> engine, Func<Task<B>> limit)
    {
        List<A> engines = [];
        List<B> limits = [];
        for (int run = 0; run <= runs; run++)
        {
            A a = await engine();
            B b = await limit();
            if (run > 0)
            {
                engines.Add(a);
                limits.Add(b);
            }
        }

        return (engines, limits);
    }

    /// <summary>Repeats a measurement after one warm-up.</summary>
    public async Task<List<T>> RepeatAsync<T>(Func<Task<T>> measure) => (await InTurnAsync(measure, () => Task.FromResult(0))).Engine;
}
