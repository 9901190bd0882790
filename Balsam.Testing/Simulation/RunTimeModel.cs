using System.Globalization;

namespace Balsam.Testing.Simulation;

/// <summary>Run-time models.</summary>
public static partial class RunTimeModel
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>Each run takes as long as its job's <see cref="JobResources.WallTime"/> says. A job without one is refused when it starts.</summary>
    public static IRunTimeModel AsEstimated { get; } = new Drawn((job, _) => new DrawnRun(job.Resources.WallTime ?? throw new InvalidOperationException(
        $"A job of {job.Application} has no WallTime to run for. Give it one, or say by SimulatedJob.RunTime or SimulationOptions.RunTime how long it runs.")));

    /// <summary>Each run takes the same time.</summary>
    /// <param name="duration">How long, not negative.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    public static IRunTimeModel Fixed(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        return new Drawn((_, _) => new DrawnRun(duration));
    }

    /// <summary>Normal; what would be negative takes no time.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation, not negative.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative.</exception>
    public static IRunTimeModel Normal(TimeSpan mean, TimeSpan deviation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mean, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(deviation, TimeSpan.Zero);
        return new Drawn((_, random) => OfSeconds(mean.TotalSeconds + (deviation.TotalSeconds * Gauss(random))));
    }

    /// <summary>Lognormal.</summary>
    /// <param name="median">The median, longer than zero.</param>
    /// <param name="sigma">The standard deviation of the natural logarithm, not negative.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static IRunTimeModel LogNormal(TimeSpan median, double sigma)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(median, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(sigma);
        return new Drawn((_, random) => OfSeconds(median.TotalSeconds * Math.Exp(sigma * Gauss(random))));
    }

    /// <summary>Exponential.</summary>
    /// <param name="mean">The mean, longer than zero.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mean"/> is not longer than zero.</exception>
    public static IRunTimeModel Exponential(TimeSpan mean)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(mean, TimeSpan.Zero);
        return new Drawn((_, random) => OfSeconds(mean.TotalSeconds * Unit(random)));
    }

    /// <summary>One of some runs that were seen, each as likely as the others.</summary>
    /// <param name="runs">The runs, at least one.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">There are none, or a duration is negative.</exception>
    public static IRunTimeModel Empirical(IEnumerable<DrawnRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        DrawnRun[] seen = [.. runs];
        if (seen.Length == 0 || seen.Any(run => run.Duration < TimeSpan.Zero))
        {
            throw new ArgumentException("An empirical model needs at least one run, and none of a negative duration.", nameof(runs));
        }

        return new Drawn((_, random) => seen[random.Next(seen.Length)]);
    }

    /// <summary>Lets some runs fail: they exit somewhere on their way.</summary>
    /// <param name="model">How runs go otherwise.</param>
    /// <param name="probability">The share of the runs that fail, 0 to 1.</param>
    /// <param name="exitCode">How they exit; not 0.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static IRunTimeModel WithFailures(this IRunTimeModel model, double probability, int exitCode = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfEqual(exitCode, 0);
        if (!(probability is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, string.Create(CultureInfo.InvariantCulture, $"{probability} is not a share between 0 and 1."));
        }

        return new Drawn((job, random) =>
        {
            bool fails = random.NextDouble() < probability;
            double way = random.NextDouble();
            DrawnRun run = model.Draw(job, random);
            return fails ? new DrawnRun(run.Duration * way, exitCode) : run;
        });
    }

    private static DrawnRun OfSeconds(double seconds) =>
        new(seconds < 0 ? TimeSpan.Zero : seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest);

    // Box and Muller.
    private static double Gauss(Random random) => Math.Sqrt(2 * Unit(random)) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double Unit(Random random) => -Math.Log(1 - random.NextDouble());

    private sealed class Drawn(Func<SimulatedJob, Random, DrawnRun> draw) : IRunTimeModel
    {
        public DrawnRun Draw(SimulatedJob job, Random random) => draw(job, random);
    }
}
