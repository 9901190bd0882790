using System.Collections;
using System.Numerics;

namespace Balsam;

/// <summary>A set of job states.</summary>
public readonly record struct JobStateSet : IEnumerable<JobState>
{
    private readonly int _bits;

    private JobStateSet(int bits) => _bits = bits;

    /// <summary>The set without any state.</summary>
    public static JobStateSet Empty => default;

    /// <summary>The number of states in the set.</summary>
    public int Count => BitOperations.PopCount((uint)_bits);

    /// <summary>Makes a set.</summary>
    /// <param name="states">The states.</param>
    /// <returns>The set.</returns>
    public static JobStateSet Of(params ReadOnlySpan<JobState> states)
    {
        int bits = 0;
        foreach (JobState state in states)
        {
            bits |= 1 << (int)state;
        }

        return new JobStateSet(bits);
    }

    /// <summary>Whether the set holds a state.</summary>
    /// <param name="state">The state.</param>
    /// <returns>Whether it is in the set.</returns>
    public bool Contains(JobState state) => (_bits & (1 << (int)state)) != 0;

    /// <summary>The states that are in this set or another.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>The union.</returns>
    public JobStateSet Union(JobStateSet other) => new(_bits | other._bits);

    /// <summary>The states that are in this set and another.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>The intersection.</returns>
    public JobStateSet Intersect(JobStateSet other) => new(_bits & other._bits);

    /// <summary>The states of this set that are not in another.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>The difference.</returns>
    public JobStateSet Except(JobStateSet other) => new(_bits & ~other._bits);

    /// <inheritdoc/>
    public IEnumerator<JobState> GetEnumerator()
    {
        for (int bits = _bits; bits != 0; bits &= bits - 1)
        {
            yield return (JobState)BitOperations.TrailingZeroCount(bits);
        }
    }

    /// <summary>Writes the names.</summary>
    /// <returns>For example <c>PREPROCESSED, RESTART_READY</c>.</returns>
    public override string ToString() => string.Join(", ", this.Select(state => state.ToText()));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
