namespace Balsam.Launch.Running;

/// <summary>What tells one living process from another that gets its number later.</summary>
/// <param name="Parent">The number of its parent.</param>
/// <param name="Start">When it was started, in the kernel's ticks since the machine's start.</param>
internal readonly record struct ProcessIdentity(int Parent, long Start);
