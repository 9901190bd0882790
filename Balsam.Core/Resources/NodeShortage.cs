namespace Balsam;

/// <summary>What nodes lack for a request.</summary>
/// <param name="Resource">What: <c>nodes</c>, <c>cores</c>, <c>GPUs</c>, <c>memory</c>, the name of a custom resource, or <c>all together</c> when each is there but not on one node.</param>
/// <param name="Asked">How much is asked on each node, in bytes for memory; the number of nodes that must have all of it for <c>all together</c>.</param>
/// <param name="Largest">How much the node has that has most of it; how many nodes there are, for <c>nodes</c> and <c>all together</c>.</param>
/// <param name="Text">In words: <c>16 GPUs asked, the largest node has 4</c>.</param>
public sealed record NodeShortage(string Resource, decimal Asked, decimal Largest, string Text);
