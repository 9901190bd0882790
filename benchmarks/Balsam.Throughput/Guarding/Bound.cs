namespace Balsam.Throughput.Guarding;

/// <summary>On which side of its target a figure is good.</summary>
internal enum Bound
{
    AtLeast,
    AtMost,
}
