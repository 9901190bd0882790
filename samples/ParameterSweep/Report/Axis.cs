using System.Globalization;

namespace ParameterSweep.Report;

/// <summary>Maps values to places on the page.</summary>
/// <param name="From">The value at the start.</param>
/// <param name="To">The value at the end.</param>
/// <param name="Start">The place of the start.</param>
/// <param name="End">The place of the end.</param>
internal sealed record Axis(double From, double To, double Start, double End)
{
    /// <summary>An axis from 0 that holds a largest value with a little room above.</summary>
    public static Axis UpTo(double largest, double start, double end) => new(0, Math.Max(largest, 1e-9) * 1.08, start, end);

    /// <summary>The place of a value.</summary>
    public double At(double value) => Start + ((value - From) / (To - From) * (End - Start));

    /// <summary>Round values along the axis, about five, and how they read.</summary>
    public IEnumerable<(double Value, string Label)> Ticks()
    {
        double rough = (To - From) / 5;
        int exponent = (int)Math.Floor(Math.Log10(rough));
        double power = Math.Pow(10, exponent);
        double step = power * (rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        string format = string.Create(CultureInfo.InvariantCulture, $"F{Math.Max(0, -exponent)}");
        for (long i = (long)Math.Ceiling((From / step) - 1e-9); i * step <= To + (step * 1e-9); i++)
        {
            yield return (i * step, (i * step).ToString(format, CultureInfo.InvariantCulture));
        }
    }
}
