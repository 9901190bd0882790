// A parameter study: the two-dimensional Ising model at 24 temperatures × 4 seeds, each run a process of its own (this program in worker mode),
// and one job that depends on all 96 and gathers them into a table and a plot of the phase transition near T = 2.269.
// Stop it whenever you like, Ctrl-C or kill -9, and start it again: it goes on where it was and ends with the same numbers.
//
//   dotnet run --project samples/ParameterSweep              the study, about a minute on two cores, in ising-sweep/
//   dotnet run --project samples/ParameterSweep -- --small   the same in a few seconds, rougher, in ising-sweep-small/
using ParameterSweep;
using ParameterSweep.Ising;

switch (args)
{
    case [Simulate.WorkerMode, .. var run]:
        IsingRun.Execute(run);
        return 0;
    case []:
        return await Sweep.RunAsync(SweepSize.Full);
    case ["--small"]:
        return await Sweep.RunAsync(SweepSize.Small);
    default:
        Console.Error.WriteLine($"ParameterSweep does not know '{string.Join(' ', args)}'. It takes no arguments, or --small.");
        return 2;
}
