using System.Globalization;

namespace Balsam;

/// <summary>A wait ended because none of the jobs that it still waited for can go on by itself.</summary>
public sealed class JobStuckException : BalsamException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="stuck">The jobs that cannot go on, with the reasons; at least one.</param>
    /// <param name="ended">The jobs of the same wait that have ended.</param>
    public JobStuckException(IReadOnlyList<JobExplanation> stuck, IReadOnlyList<Job> ended)
        : base(Describe(stuck))
    {
        Stuck = stuck;
        Ended = ended;
    }

    /// <summary>The first job that cannot go on.</summary>
    public JobId JobId => Explanation.Job.Id;

    /// <summary>Why the first job cannot go on.</summary>
    public JobExplanation Explanation => Stuck[0];

    /// <summary>All jobs of the wait that cannot go on, by number, each with its reasons.</summary>
    public IReadOnlyList<JobExplanation> Stuck { get; }

    /// <summary>The jobs of the wait that did end, in their final states, in the order asked.</summary>
    /// <value>Empty for <c>WhenEachAsync</c>, which gave them out as they ended.</value>
    public IReadOnlyList<Job> Ended { get; }

    private static string Describe(IReadOnlyList<JobExplanation> stuck)
    {
        ArgumentNullException.ThrowIfNull(stuck);
        ArgumentOutOfRangeException.ThrowIfZero(stuck.Count, nameof(stuck));
        string rest = stuck.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {stuck.Count - 1:N0} more of the jobs waited for cannot go on by themselves either.");
        return $"{stuck[0]}{rest}";
    }
}
