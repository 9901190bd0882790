namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>One job of a mix.</summary>
/// <param name="Id">Its id; submission is in the order of ids.</param>
/// <param name="Resources">What it asks; its wall time is the estimate.</param>
/// <param name="Seconds">How long it really runs.</param>
/// <param name="Parents">The ids of the jobs it comes after.</param>
internal sealed record MixJob(int Id, JobResources Resources, int Seconds, int[] Parents);
