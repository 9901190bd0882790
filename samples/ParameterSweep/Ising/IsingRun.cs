using System.Globalization;

namespace ParameterSweep.Ising;

/// <summary>One run, as a worker process does it: equilibrate, measure, write the result file into the current directory.</summary>
internal static class IsingRun
{
    private const int SweepsPerMeasurement = 5;

    /// <summary>Runs with lattice, sweeps, temperature and seed from the command line.</summary>
    public static void Execute(ReadOnlySpan<string> args)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        var parameters = new IsingParameters(int.Parse(args[0], culture), int.Parse(args[1], culture), double.Parse(args[2], culture), int.Parse(args[3], culture));
        IsingResult result = Measure(parameters);
        result.Write(IsingResult.FileName);
        Console.WriteLine(result);
    }

    /// <summary>Measures; the same parameters give the same numbers.</summary>
    public static IsingResult Measure(IsingParameters parameters)
    {
        var model = new IsingModel(parameters.Lattice, parameters.Temperature, parameters.Seed);
        double spins = (double)parameters.Lattice * parameters.Lattice;
        int warmUp = parameters.Sweeps / 5;
        model.Sweep(warmUp);
        double magnetisation = 0, magnetisationSquared = 0, energy = 0, energySquared = 0;
        int count = (parameters.Sweeps - warmUp) / SweepsPerMeasurement;
        for (int i = 0; i < count; i++)
        {
            model.Sweep(SweepsPerMeasurement);
            (int total, int bonds) = model.Observe();
            double m = Math.Abs(total) / spins;
            double e = bonds / spins;
            magnetisation += m / count;
            magnetisationSquared += m * m / count;
            energy += e / count;
            energySquared += e * e / count;
        }

        return new IsingResult(
            parameters.Lattice,
            parameters.Temperature,
            parameters.Seed,
            magnetisation,
            Susceptibility: (magnetisationSquared - (magnetisation * magnetisation)) * spins / parameters.Temperature,
            energy,
            HeatCapacity: (energySquared - (energy * energy)) * spins / (parameters.Temperature * parameters.Temperature));
    }
}
