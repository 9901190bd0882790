using System.Diagnostics.CodeAnalysis;

namespace Balsam.Crash.Tests;

/// <summary>Events that say the same.</summary>
internal sealed class EventComparer : IEqualityComparer<JobEvent>
{
    public static readonly EventComparer Instance = new();

    public bool Equals(JobEvent? x, JobEvent? y) => x?.ToString() == y?.ToString();

    public int GetHashCode([DisallowNull] JobEvent obj) => obj.Sequence.GetHashCode();
}
