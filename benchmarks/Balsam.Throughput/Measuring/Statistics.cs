namespace Balsam.Throughput.Measuring;

/// <summary>Medians and percentiles.</summary>
internal static class Statistics
{
    public static double Median<T>(this IEnumerable<T> values, Func<T, double> value) => values.Select(value).Percentile(0.5);

    /// <summary>The value below which a part of the values lies; between two values the line between them.</summary>
    public static double Percentile(this IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        double place = part * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[^1];
    }
}
