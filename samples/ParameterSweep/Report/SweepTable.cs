using System.Globalization;
using System.Text;
using ParameterSweep.Ising;

namespace ParameterSweep.Report;

/// <summary>The study as a table: a line per temperature, mean ± standard error over the seeds.</summary>
internal static class SweepTable
{
    /// <summary>Writes the table.</summary>
    public static string Write(IReadOnlyList<SweepPoint> points)
    {
        var table = new StringBuilder();
        table.Append("    T     |m|              exact    susceptibility      energy             heat capacity\n");
        foreach (SweepPoint point in points)
        {
            table.Append(CultureInfo.InvariantCulture, $"  {point.Temperature:F2}   {point.Magnetisation.Mean:F4} ± {point.Magnetisation.Error:F4}  ");
            table.Append(CultureInfo.InvariantCulture, $"{Onsager.Magnetisation(point.Temperature):F4}  {point.Susceptibility.Mean,8:F3} ± {point.Susceptibility.Error,-6:F3}  ");
            table.Append(CultureInfo.InvariantCulture, $"{point.Energy.Mean,8:F4} ± {point.Energy.Error:F4}  {point.HeatCapacity.Mean,7:F3} ± {point.HeatCapacity.Error:F3}\n");
        }

        return table.ToString();
    }
}
