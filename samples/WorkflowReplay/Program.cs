// Replays the recorded execution of a workflow (WfFormat 1.5, https://wfcommons.org): one job per task, each a real process that sleeps as long as the
// task ran, times a scale, on as many cores; that fails when the marker file of one of its parents is missing, and leaves its own when it is done.
// At the end it says how close the makespan came to what the graph and the cores allow.
//
//   dotnet run --project samples/WorkflowReplay                                         the instance that comes with it
//   dotnet run --project samples/WorkflowReplay -- montage.json --scale 0.01 --store montage
//   dotnet run --project samples/WorkflowReplay -- montage.json --simulate --nodes 4    what it would take, without running anything
//
// Stop it, Ctrl-C or kill -9, and start it again with the same --store: finished tasks are not repeated. --help names all options.
using Balsam;
using WorkflowReplay;
using WorkflowReplay.Simulation;
using WorkflowReplay.WfFormat;

try
{
    ReplayOptions options = ReplayOptions.Parse(args);
    if (options.Help)
    {
        Console.WriteLine(ReplayOptions.Usage);
        return 0;
    }

    if (options.Calibrate)
    {
        return await new Calibration(options).RunAsync();
    }

    Workflow workflow = WorkflowReader.Read(options.File);
    if (options.Simulate)
    {
        return await new Simulated(workflow, options).RunAsync();
    }

    return await new Replay(workflow, options).RunAsync();
}
catch (Exception exception) when (exception is RefusedException or BalsamException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"WorkflowReplay: {exception.Message}");
    return 2;
}
