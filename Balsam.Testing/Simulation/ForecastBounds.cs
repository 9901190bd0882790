namespace Balsam.Testing.Simulation;

/// <summary>How a figure spreads over the seeds of a forecast, by nearest rank: nine in ten simulations lie between <see cref="Low"/> and <see cref="High"/>.</summary>
/// <typeparam name="T">The figure.</typeparam>
/// <param name="Low">One in twenty is not larger.</param>
/// <param name="Median">Half are not larger.</param>
/// <param name="High">19 in 20 are not larger.</param>
public sealed record ForecastBounds<T>(T Low, T Median, T High)
{
    internal static ForecastBounds<T> Of(IEnumerable<T> values)
    {
        T[] sorted = [.. values.Order()];
        return new ForecastBounds<T>(At(5), At(50), At(95));

        T At(int percent) => sorted[((sorted.Length * percent) + 99) / 100 - 1];
    }
}
