using Balsam.Throughput.Measuring;
using Balsam.Throughput.Scenarios;

namespace Balsam.Throughput.Guarding;

/// <summary>Measures every guarded ratio at a small size. One that is out of its limit is measured once more: a neighbour's load passes, a regression stays.</summary>
internal static class Guard
{
    private const int Tries = 2;
    private const int Runs = 3;

    /// <param name="root">The directory to write below.</param>
    /// <returns>Whether every ratio is within its limit.</returns>
    public static async Task<bool> RunAsync(string root)
    {
        List<(GuardRow Row, double Value)> verdicts = [];
        foreach (IGrouping<string, GuardRow> scenario in GuardTable.Rows.GroupBy(row => row.Scenario))
        {
            verdicts.AddRange(await MeasureAsync(scenario.Key, [.. scenario], root));
        }

        Console.WriteLine();
        foreach ((GuardRow row, double value) in verdicts)
        {
            Console.WriteLine($"guard: {row.Describe(value)}");
        }

        return verdicts.TrueForAll(verdict => verdict.Row.Allows(verdict.Value));
    }

    private static async Task<(GuardRow Row, double Value)[]> MeasureAsync(string name, GuardRow[] rows, string root)
    {
        for (int attempt = 1; ; attempt++)
        {
            var figures = new Figures();
            string directory = Path.Combine(root, $"{name}-{attempt}");
            IScenario scenario = ScenarioTable.Find([name]).Single().Scenario!;
            await scenario.RunAsync(name, new Bench(directory, Runs, GuardTable.Scales[name], figures));
            (GuardRow Row, double Value)[] measured = [.. rows.Select(row => (row, figures.Number(row.Key)))];
            if (attempt == Tries || Array.TrueForAll(measured, each => each.Row.Allows(each.Value)))
            {
                return measured;
            }
        }
    }
}
