using System.Collections.Immutable;

namespace Balsam;

/// <summary>A launcher holds the job and works on it.</summary>
/// <param name="Lease">Which launcher, and since when.</param>
/// <param name="State">The job's state.</param>
/// <param name="Activity">What the launcher does with it.</param>
/// <param name="Nodes">The names of the nodes that it runs on; empty when it does not run.</param>
public sealed record HeldReason(JobLease Lease, JobState State, JobActivity Activity, ImmutableArray<string> Nodes) : JobReason
{
    /// <inheritdoc/>
    public override string Text => $"launcher {ReasonWords.Of(Lease.Holder)} has held it since {Lease.Since:u} and {Doing}";

    private string Doing => Activity switch
    {
        JobActivity.Running => Nodes.IsEmpty ? "runs it" : $"runs it on {string.Join(", ", Nodes)}",
        JobActivity.Hook => $"calls its hook for {State.ToText()}",
        JobActivity.Starting => "is about to start it",
        _ => "moves it on",
    };
}
