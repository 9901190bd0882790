namespace Balsam.Load.Host.Scenarios;

/// <summary>The scenarios by name.</summary>
internal static class ScenarioTable
{
    private static readonly Dictionary<string, Func<IScenario>> Scenarios = new(StringComparer.Ordinal)
    {
        ["processes"] = () => new ProcessesScenario(hasDescriptors: true),
        ["processes-short-of-descriptors"] = () => new ProcessesScenario(hasDescriptors: false),
        ["tagged"] = () => new TaggedScenario(),
        ["waiters"] = () => new WaitersScenario(),
        ["fan"] = () => new FanScenario(),
        ["fan-run"] = () => new FanRunScenario(),
        ["chain"] = () => new ChainScenario(),
        ["chain-run"] = () => new ChainRunScenario(),
        ["circle"] = () => new CircleScenario(),
        ["output"] = () => new OutputScenario(),
        ["forks"] = () => new ForksScenario(leavesSession: false),
        ["forks-in-sessions"] = () => new ForksScenario(leavesSession: true),
        ["silent"] = () => new SilentScenario(),
        ["deaf"] = () => new DeafScenario(),
        ["daemons"] = () => new DaemonsScenario(),
    };

    public static IEnumerable<string> Names => Scenarios.Keys;

    public static IScenario? Find(string name) => Scenarios.TryGetValue(name, out Func<IScenario>? make) ? make() : null;
}
