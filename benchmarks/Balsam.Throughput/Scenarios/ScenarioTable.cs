namespace Balsam.Throughput.Scenarios;

/// <summary>The scenarios by name. The slow ones run only when they are named.</summary>
internal static class ScenarioTable
{
    private static readonly (string Name, bool IsQuick, Func<IScenario> Make)[] Rows =
    [
        ("spawn", true, () => new SpawnScenario()),
        ("sleep", true, () => new SleepScenario()),
        ("function", true, () => new FunctionScenario()),
        ("function-memory", true, () => new FunctionMemoryScenario()),
        ("submit", true, () => new SubmitScenario()),
        ("chain", true, () => new ChainScenario()),
        ("fan", true, () => new FanScenario()),
        ("latency", true, () => new LatencyScenario()),
        ("pack", true, () => new PackScenario()),
        ("simulate", false, () => new SimulateScenario()),
        ("idle", false, () => new IdleScenario()),
        ("open", false, () => new OpenScenario()),
        ("flat", false, () => new FlatScenario()),
        ("stage", false, () => new StageScenario()),
        ("batches", false, () => new BatchesScenario()),
        ("many", false, () => new ManyScenario()),
    ];

    public static IEnumerable<string> Names => Rows.Select(row => row.Name);

    /// <summary>The scenarios of a list of names, in which <c>all</c> stands for all quick ones; null for a name that is not known.</summary>
    public static IEnumerable<(string Name, IScenario? Scenario)> Find(IEnumerable<string> names) =>
        names.SelectMany(name => name == "all" ? Rows.Where(row => row.IsQuick).Select(row => row.Name) : [name]).Distinct()
            .Select(name => (name, Array.Find(Rows, row => row.Name == name).Make?.Invoke()));
}
