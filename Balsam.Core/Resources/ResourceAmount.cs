using System.Globalization;

namespace Balsam;

/// <summary>An amount of a divisible resource (GPUs, licences, any custom resource), exact to one part in 10,000.</summary>
/// <remarks>
/// Held as an integer number of parts, so that shares add up exactly: three thirds never exceed a whole, and giving back what was
/// taken restores what was there. The original Balsam keeps floating-point occupancies and needs tolerances of 0.001 for the same sums.
/// </remarks>
public readonly record struct ResourceAmount : IComparable<ResourceAmount>
{
    /// <summary>The number of parts in one unit.</summary>
    public const long PartsPerUnit = 10_000;

    private ResourceAmount(long parts) => Parts = parts;

    /// <summary>No amount.</summary>
    public static ResourceAmount Zero => default;

    /// <summary>The amount in parts: <see cref="PartsPerUnit"/> parts are one unit.</summary>
    public long Parts { get; }

    /// <summary>The amount in units.</summary>
    public decimal Units => (decimal)Parts / PartsPerUnit;

    /// <summary>The whole units of the amount; the fraction is cut off.</summary>
    public long WholeUnits => Parts / PartsPerUnit;

    /// <summary>The parts that are left beside the whole units, from 0 to 9,999.</summary>
    public long FractionParts => Parts % PartsPerUnit;

    /// <summary>Makes an amount from parts.</summary>
    /// <param name="parts">The parts, not negative.</param>
    /// <returns>The amount.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parts"/> is negative.</exception>
    public static ResourceAmount FromParts(long parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(parts);
        return new ResourceAmount(parts);
    }

    /// <summary>Makes an amount from units, rounded down to a part: seven jobs that ask for a seventh each fit into a whole.</summary>
    /// <param name="units">The units, from 0 to 100,000,000.</param>
    /// <returns>The amount.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is not a number, negative, or above 100,000,000.</exception>
    public static ResourceAmount FromUnits(double units)
    {
        if (!(units >= 0 && units <= 100_000_000))
        {
            throw new ArgumentOutOfRangeException(nameof(units), units, "An amount lies between 0 and 100,000,000 units.");
        }

        // 0.29 units are 2899.9999999999995 parts in floating point, and meant as 2900.
        double parts = units * PartsPerUnit;
        double nearest = Math.Round(parts);
        return new ResourceAmount((long)(Math.Abs(parts - nearest) <= parts * 1e-14 ? nearest : Math.Floor(parts)));
    }

    /// <summary>Makes an amount from units, so that <c>GpusPerRank = 0.5</c> reads naturally.</summary>
    /// <param name="units">The units, from 0 to 100,000,000.</param>
    public static implicit operator ResourceAmount(double units) => FromUnits(units);

    /// <summary>Adds two amounts.</summary>
    /// <param name="left">The first amount.</param>
    /// <param name="right">The second amount.</param>
    /// <returns>The sum.</returns>
    public static ResourceAmount operator +(ResourceAmount left, ResourceAmount right) => new(checked(left.Parts + right.Parts));

    /// <summary>Subtracts an amount from another.</summary>
    /// <param name="left">The amount to take from.</param>
    /// <param name="right">The amount to take.</param>
    /// <returns>The difference.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The difference would be negative.</exception>
    public static ResourceAmount operator -(ResourceAmount left, ResourceAmount right) => FromParts(left.Parts - right.Parts);

    /// <summary>Multiplies an amount.</summary>
    /// <param name="amount">The amount.</param>
    /// <param name="times">How often, not negative.</param>
    /// <returns>The product.</returns>
    public static ResourceAmount operator *(ResourceAmount amount, int times) => FromParts(checked(amount.Parts * times));

    /// <summary>Whether an amount is smaller than another.</summary>
    /// <param name="left">The first amount.</param>
    /// <param name="right">The second amount.</param>
    /// <returns>Whether <paramref name="left"/> is smaller.</returns>
    public static bool operator <(ResourceAmount left, ResourceAmount right) => left.Parts < right.Parts;

    /// <summary>Whether an amount is larger than another.</summary>
    /// <param name="left">The first amount.</param>
    /// <param name="right">The second amount.</param>
    /// <returns>Whether <paramref name="left"/> is larger.</returns>
    public static bool operator >(ResourceAmount left, ResourceAmount right) => left.Parts > right.Parts;

    /// <summary>Whether an amount is at most another.</summary>
    /// <param name="left">The first amount.</param>
    /// <param name="right">The second amount.</param>
    /// <returns>Whether <paramref name="left"/> is at most <paramref name="right"/>.</returns>
    public static bool operator <=(ResourceAmount left, ResourceAmount right) => left.Parts <= right.Parts;

    /// <summary>Whether an amount is at least another.</summary>
    /// <param name="left">The first amount.</param>
    /// <param name="right">The second amount.</param>
    /// <returns>Whether <paramref name="left"/> is at least <paramref name="right"/>.</returns>
    public static bool operator >=(ResourceAmount left, ResourceAmount right) => left.Parts >= right.Parts;

    /// <inheritdoc/>
    public int CompareTo(ResourceAmount other) => Parts.CompareTo(other.Parts);

    /// <summary>Writes the amount in units, without trailing zeros.</summary>
    /// <returns>For example <c>2</c> or <c>0.25</c>.</returns>
    public override string ToString() => Units.ToString("0.####", CultureInfo.InvariantCulture);
}
