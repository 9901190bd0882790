using ParameterSweep.Ising;

namespace ParameterSweep.Report;

/// <summary>The runs of one temperature, averaged.</summary>
internal sealed record SweepPoint(double Temperature, Estimate Magnetisation, Estimate Susceptibility, Estimate Energy, Estimate HeatCapacity)
{
    /// <summary>Averages the runs of one temperature.</summary>
    public static SweepPoint Average(IGrouping<double, IsingResult> runs)
    {
        return new SweepPoint(
            runs.Key,
            Over(run => run.Magnetisation),
            Over(run => run.Susceptibility),
            Over(run => run.Energy),
            Over(run => run.HeatCapacity));

        Estimate Over(Func<IsingResult, double> value) => Estimate.Of([.. runs.OrderBy(run => run.Seed).Select(value)]);
    }
}
