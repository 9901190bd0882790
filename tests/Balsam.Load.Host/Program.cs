using System.Globalization;
using Balsam.Load.Host.Measuring;
using Balsam.Load.Host.Scenarios;

if (args is not [string name, string count] || ScenarioTable.Find(name) is not { } scenario || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size < 1)
{
    await Console.Error.WriteLineAsync($"Usage: Balsam.Load.Host SCENARIO SIZE, with a size from 1 and one of the scenarios {string.Join(", ", ScenarioTable.Names)}.");
    return 2;
}

string directory = Directory.CreateTempSubdirectory("balsam-load-").FullName;
try
{
    var figures = new Figures(Console.Out);
    await figures.TimeAsync("total", () => scenario.RunAsync(directory, size, figures));
    figures.Add("cpu_s", Environment.CpuUsage.TotalTime.TotalSeconds);
    figures.Add("peak_mib", ThisProcess.PeakMiB);
    return 0;
}
catch (CheckFailedException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
finally
{
    try
    {
        Directory.Delete(directory, recursive: true);
    }
    catch (IOException exception)
    {
        // A job's processes that go on writing there are told of by the scenario.
        await Console.Error.WriteLineAsync(exception.Message);
    }
}
