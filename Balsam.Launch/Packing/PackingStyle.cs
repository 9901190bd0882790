namespace Balsam.Launch.Packing;

/// <summary>A way to choose among waiting jobs: how much counts what, and for whom nodes are kept.</summary>
/// <param name="Breadth">The weight of the nodes of a job.</param>
/// <param name="Share">The weight of the part of a node that it takes. The time to the end of its path has weight 1.</param>
/// <param name="KeepsForOneNode">Whether nodes are kept for jobs on one node too, that share it with others; for the others they always are.</param>
internal sealed record PackingStyle(double Breadth, double Share, bool KeepsForOneNode)
{
    /// <summary>What is good in general; the others are taken where a rehearsal shows that they are better.</summary>
    public static PackingStyle Usual { get; } = new(1, 0.25, KeepsForOneNode: true);

    /// <summary>All that are rehearsed, the usual one first: it is taken where others are only as good.</summary>
    public static IReadOnlyList<PackingStyle> All { get; } =
    [
        Usual,
        new(1, 0.25, KeepsForOneNode: false),
        new(1, 0.5, KeepsForOneNode: false),
        new(0.5, 0.25, KeepsForOneNode: false),
        new(0.001, 0.0001, KeepsForOneNode: false),
        new(16, 0.25, KeepsForOneNode: false),
    ];

    /// <summary>Whether nodes are kept for a job before it has been overtaken too often.</summary>
    public bool KeepsFor(PackingCandidate candidate) => KeepsForOneNode || candidate.Demand.IsAlone;
}
