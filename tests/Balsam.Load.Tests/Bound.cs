namespace Balsam.Load.Tests;

/// <summary>The most that a load may take.</summary>
/// <param name="Seconds">Wall time from start to end, with the start of the host and the removal of its files.</param>
/// <param name="MiB">The most memory that the host ever had resident.</param>
internal readonly record struct Bound(int Seconds, int MiB);
