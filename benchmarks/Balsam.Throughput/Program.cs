// Measures the engine against the limit of the machine, in the same run: see ../README.md.
using System.Globalization;
using System.Runtime.InteropServices;
using Balsam.Throughput;
using Balsam.Throughput.Guarding;
using Balsam.Throughput.Measuring;
using Balsam.Throughput.Scenarios;

const string Memory = "/dev/shm";

if (CommandLine.Parse(args) is not { } line)
{
    Console.Error.WriteLine($"Usage: {CommandLine.Usage}");
    Console.Error.WriteLine($"Scenarios: {string.Join(", ", ScenarioTable.Names)}; all for the quick ones.");
    return 2;
}

(string Name, IScenario? Scenario)[] scenarios = [.. ScenarioTable.Find(line.Scenarios)];
if (Array.Find(scenarios, entry => entry.Scenario is null) is { Name: { } unknown })
{
    Console.Error.WriteLine($"There is no scenario '{unknown}'. Scenarios: {string.Join(", ", ScenarioTable.Names)}; all for the quick ones.");
    return 2;
}

string parent = Path.GetFullPath(line.Directory ?? (Directory.Exists(Memory) ? Memory : Path.GetTempPath()));
string root = Path.Combine(parent, $"balsam-throughput-{Environment.ProcessId}");
Directory.CreateDirectory(root);
var figures = new Figures();
figures.Add("machine.cores", Environment.ProcessorCount);
figures.Add("machine.os", $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}");
figures.Add("machine.runtime", RuntimeInformation.FrameworkDescription);
figures.Add("machine.date", DateTimeOffset.UtcNow.ToString("u", CultureInfo.InvariantCulture));
try
{
    if (line.Guards)
    {
        return await Guard.RunAsync(root) ? 0 : 1;
    }

    figures.Add("machine.runs", line.Runs);
    foreach ((string name, IScenario? scenario) in scenarios)
    {
        if (File.Exists("/proc/loadavg"))
        {
            figures.Add($"{name}.load", await File.ReadAllTextAsync("/proc/loadavg") is var text ? text[..text.IndexOf(' ', StringComparison.Ordinal)] : "");
        }

        await scenario!.RunAsync(name, new Bench(Path.Combine(root, name), line.Runs, line.Scale, figures));
    }
}
finally
{
    Directory.Delete(root, recursive: true);
}

if (line.Json is not null)
{
    await figures.WriteJsonAsync(line.Json);
}

return 0;
