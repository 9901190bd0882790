using System.Globalization;

namespace Balsam.Testing.Simulation;

/// <summary>Time of cores: one core for an hour and 60 cores for a minute are the same. Exact: sums are those of whole numbers.</summary>
/// <param name="Ticks">In ticks of 100 ns of one core.</param>
public readonly record struct CoreTime(Int128 Ticks)
{
    /// <summary>In hours of one core.</summary>
    public double Hours => (double)Ticks / TimeSpan.TicksPerHour;

    /// <summary>Cores for a time.</summary>
    /// <param name="cores">How many.</param>
    /// <param name="time">How long.</param>
    /// <returns>The product.</returns>
    public static CoreTime Of(long cores, TimeSpan time) => new((Int128)cores * time.Ticks);

    /// <summary>Adds two amounts.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    /// <returns>The sum.</returns>
    public static CoreTime operator +(CoreTime left, CoreTime right) => new(left.Ticks + right.Ticks);

    /// <summary>Subtracts an amount from another.</summary>
    /// <param name="left">The amount to take from.</param>
    /// <param name="right">The amount to take.</param>
    /// <returns>The difference.</returns>
    public static CoreTime operator -(CoreTime left, CoreTime right) => new(left.Ticks - right.Ticks);

    /// <summary>Writes the amount in hours.</summary>
    /// <returns>For example <c>12.5 core-hours</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Hours:0.###} core-hours");
}
