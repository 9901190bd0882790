using System.Globalization;

namespace Balsam;

/// <summary>The number of a job: rising, given by the store, short enough to type.</summary>
public readonly record struct JobId : IComparable<JobId>, ISpanFormattable
{
    /// <summary>Makes an id.</summary>
    /// <param name="value">The number, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is below 1.</exception>
    public JobId(long value)
    {
        Value = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Job numbers begin at 1.");
    }

    /// <summary>The number; 0 only in a default value, which no public call accepts.</summary>
    public long Value { get; }

    /// <summary>Reads an id from text.</summary>
    /// <param name="text">The digits.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is not a number of at least 1.</exception>
    public static JobId Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= 1
            ? new JobId(value)
            : throw new FormatException($"'{text}' is not a job id; a job id is a whole number of at least 1, for example 17.");

    /// <summary>Whether one id is older than another.</summary>
    /// <param name="left">The first id.</param>
    /// <param name="right">The second id.</param>
    /// <returns>Whether <paramref name="left"/> is smaller.</returns>
    public static bool operator <(JobId left, JobId right) => left.Value < right.Value;

    /// <summary>Whether one id is younger than another.</summary>
    /// <param name="left">The first id.</param>
    /// <param name="right">The second id.</param>
    /// <returns>Whether <paramref name="left"/> is larger.</returns>
    public static bool operator >(JobId left, JobId right) => left.Value > right.Value;

    /// <summary>Whether one id is not younger than another.</summary>
    /// <param name="left">The first id.</param>
    /// <param name="right">The second id.</param>
    /// <returns>Whether <paramref name="left"/> is at most <paramref name="right"/>.</returns>
    public static bool operator <=(JobId left, JobId right) => left.Value <= right.Value;

    /// <summary>Whether one id is not older than another.</summary>
    /// <param name="left">The first id.</param>
    /// <param name="right">The second id.</param>
    /// <returns>Whether <paramref name="left"/> is at least <paramref name="right"/>.</returns>
    public static bool operator >=(JobId left, JobId right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(JobId other) => Value.CompareTo(other.Value);

    /// <summary>Writes the digits.</summary>
    /// <returns>For example <c>17</c>.</returns>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(destination, out charsWritten, default, CultureInfo.InvariantCulture);
}
