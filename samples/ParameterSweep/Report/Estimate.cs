namespace ParameterSweep.Report;

/// <summary>A mean over independent runs, and its standard error.</summary>
internal sealed record Estimate(double Mean, double Error)
{
    /// <summary>Averages.</summary>
    public static Estimate Of(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        double spread = values.Sum(value => (value - mean) * (value - mean));
        return new Estimate(mean, values.Count < 2 ? 0 : Math.Sqrt(spread / (values.Count - 1) / values.Count));
    }
}
