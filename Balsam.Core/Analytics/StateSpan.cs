namespace Balsam;

/// <summary>The time a job spent in one state.</summary>
/// <param name="State">The state.</param>
/// <param name="From">When it came there, in UTC.</param>
/// <param name="To">When it left; for the state that it is still in, the end of the analysis.</param>
public readonly record struct StateSpan(JobState State, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>How long it stayed; zero for a state that it only passed.</summary>
    public TimeSpan Duration => To - From;
}
