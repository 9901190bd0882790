namespace Balsam.Load.Tests;

/// <summary>A load in two sizes, and what it may take of the machine.</summary>
/// <param name="Scenario">The scenario of the host.</param>
/// <param name="Quick">The size that is always run.</param>
/// <param name="QuickBound">What the quick size may take.</param>
/// <param name="Full">The size that was asked for.</param>
/// <param name="FullBound">What the full size may take.</param>
internal sealed record LoadCase(string Scenario, int Quick, Bound QuickBound, int Full, Bound FullBound);
