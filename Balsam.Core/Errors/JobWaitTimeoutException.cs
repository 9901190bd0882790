using System.Globalization;

namespace Balsam;

/// <summary>The time given to a wait is over.</summary>
public sealed class JobWaitTimeoutException : TimeoutException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="timeout">The time given.</param>
    /// <param name="ended">The jobs that ended in it.</param>
    /// <param name="openCount">How many did not.</param>
    /// <param name="open">What the first of these are doing.</param>
    public JobWaitTimeoutException(TimeSpan timeout, IReadOnlyList<Job> ended, int openCount, IReadOnlyList<JobExplanation> open)
        : base(Describe(timeout, ended, openCount, open))
    {
        Timeout = timeout;
        Ended = ended;
        OpenCount = openCount;
        Open = open;
    }

    /// <summary>The time given.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The jobs that ended in it, in their final states, in the order asked.</summary>
    public IReadOnlyList<Job> Ended { get; }

    /// <summary>How many jobs did not.</summary>
    public int OpenCount { get; }

    /// <summary>What the jobs that did not end are doing; at most 3 of them.</summary>
    public IReadOnlyList<JobExplanation> Open { get; }

    private static string Describe(TimeSpan timeout, IReadOnlyList<Job> ended, int openCount, IReadOnlyList<JobExplanation> open)
    {
        ArgumentNullException.ThrowIfNull(ended);
        ArgumentNullException.ThrowIfNull(open);
        string rest = openCount > open.Count ? string.Create(CultureInfo.InvariantCulture, $" And {openCount - open.Count:N0} more.") : "";
        return string.Create(CultureInfo.InvariantCulture, $"After {timeout:g}, {ended.Count:N0} of {ended.Count + openCount:N0} jobs have ended. {string.Join(" ", open)}{rest}");
    }
}
