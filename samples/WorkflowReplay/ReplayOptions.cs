using System.Globalization;

namespace WorkflowReplay;

/// <summary>What the command line says.</summary>
internal sealed record ReplayOptions
{
    public const string Usage = """
        WorkflowReplay [FILE] [--scale S] [--store PATH] [--cores N] [--events OUT.jsonl] [--report OUT.html]
        WorkflowReplay [FILE] --simulate [--nodes N] [--cores-per-node M] [--scale S] [--report OUT.html]
        WorkflowReplay [FILE|DIRECTORY] --calibrate [--scale S] [--cores N]

          FILE             a workflow instance in WfFormat 1.5 JSON; default: the small one that comes with the program
          --scale S        a task sleeps its recorded run time × S; default: 1
          --store PATH     the directory of store and files. Started again on the same PATH, the replay goes on where it was;
                           tasks that failed are tried again. Default: a temporary directory, removed when all has finished
          --cores N        the cores to replay on; tasks that were recorded on more get N; default: those of this machine
          --events OUT     writes every event of every job, one JSON object a line, in order:
                           {"job":1,"name":"task","from":"READY","to":"STAGED_IN","at":"2025-01-31T12:00:00.000Z"}
                           The name is the task's id, which is what parents and children in FILE refer to
          --report OUT     writes a page about the replay, to look at in a browser: Gantt chart, utilization, throughput, graph and more
          --simulate       runs nothing: forecasts the replay on N nodes (default: 1) of M cores each (default: those of
                           --cores), and where the node-hours go; --report writes the page that a replay would
          --calibrate      forecasts the replay, then runs it, and says how far apart the makespans are. What the launcher
                           adds to a task is learned before, from a short run of sleeps. Of a DIRECTORY every *.json;
                           without --scale, one by which each takes about eight seconds

        Exit code: 0 when every task has finished, 1 when not, 2 when the command line or FILE cannot be used.
        """;

    private const int MostCores = 100_000;

    /// <summary>The workflow instance.</summary>
    public string File { get; private init; } = Path.Combine(AppContext.BaseDirectory, "diamond.json");

    /// <summary>What recorded run times are multiplied with.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Whether the scale was given.</summary>
    public bool HasScale { get; private init; }

    /// <summary>Whether the replay is only forecast.</summary>
    public bool Simulate { get; private init; }

    /// <summary>Whether a forecast is held against a replay.</summary>
    public bool Calibrate { get; private init; }

    /// <summary>The nodes of a forecast.</summary>
    public int Nodes { get; private init; } = 1;

    /// <summary>The cores of each of them; null for <see cref="Cores"/>.</summary>
    public int? CoresPerNode { get; private init; }

    /// <summary>The site's directory; null for a temporary one.</summary>
    public string? Store { get; private init; }

    /// <summary>The cores to replay on.</summary>
    public int Cores { get; private init; } = Environment.ProcessorCount;

    /// <summary>Where the events go; null for nowhere.</summary>
    public string? Events { get; private init; }

    /// <summary>Where the page goes; null for nowhere.</summary>
    public string? Report { get; private init; }

    /// <summary>Whether only the usage is asked for.</summary>
    public bool Help { get; private init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="RefusedException">It cannot be used.</exception>
    public static ReplayOptions Parse(IReadOnlyList<string> args)
    {
        var options = new ReplayOptions();
        HashSet<string> seen = new(StringComparer.Ordinal);
        bool onlyFiles = false;
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            if (onlyFiles || !name.StartsWith('-'))
            {
                options = seen.Add("FILE") ? options with { File = Filled("FILE", name) } : throw new RefusedException($"there are two files, '{options.File}' and '{name}'; give one.");
                continue;
            }

            if (name == "--")
            {
                onlyFiles = true;
                continue;
            }

            if (name is "--help" or "-h")
            {
                return options with { Help = true };
            }

            if (name is "--simulate" or "--calibrate")
            {
                options = !seen.Add("--simulate or --calibrate") ? throw new RefusedException("--simulate and --calibrate are given twice, or both; give one of them, once.")
                    : options with { Simulate = name == "--simulate", Calibrate = name == "--calibrate" };
                continue;
            }

            string? value = null;
            if (name.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals)
            {
                (name, value) = (name[..equals], name[(equals + 1)..]);
            }

            if (name is not ("--scale" or "--store" or "--cores" or "--events" or "--report" or "--nodes" or "--cores-per-node"))
            {
                throw new RefusedException($"unknown option '{name}'; --help names those there are.");
            }

            value ??= ++i < args.Count ? args[i] : throw new RefusedException($"{name} needs a value; see --help.");
            options = seen.Add(name) ? options.With(name, value) : throw new RefusedException($"{name} is given twice.");
        }

        string[] unused = [.. (options.Simulate ? ["--store", "--events"] : options.Calibrate ? ["--store", "--events", "--report", "--nodes", "--cores-per-node"] : (string[])["--nodes", "--cores-per-node"]).Where(seen.Contains)];
        return unused.Length == 0 ? options : throw new RefusedException($"{unused[0]} means nothing {(options.Simulate ? "with --simulate" : options.Calibrate ? "with --calibrate" : "without --simulate")}; leave it out.");
    }

    private ReplayOptions With(string name, string value) => name switch
    {
        "--scale" => this with { Scale = ParseScale(value), HasScale = true },
        "--cores" => this with { Cores = ParseCount(name, value) },
        "--nodes" => this with { Nodes = ParseCount(name, value) },
        "--cores-per-node" => this with { CoresPerNode = ParseCount(name, value) },
        "--store" => this with { Store = Filled(name, value) },
        "--report" => this with { Report = Filled(name, value) },
        _ => this with { Events = Filled(name, value) },
    };

    private static double ParseScale(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double scale) && double.IsFinite(scale) && scale >= 0
            ? scale
            : throw new RefusedException($"--scale {value} is not a number of at least 0.");

    private static int ParseCount(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MostCores
            ? count
            : throw new RefusedException($"{name} {value} is not a whole number between 1 and {MostCores}.");

    private static string Filled(string name, string value) => value.Length > 0 ? value : throw new RefusedException($"{name} is empty.");
}
