using Balsam.Launch.Staging;

namespace Balsam.Launch.Workdirs;

/// <summary>A name in a directory.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">What it is; of a link, the link itself.</param>
/// <param name="Size">The size in bytes of a file.</param>
internal readonly record struct HeldEntry(string Name, FileEntryKind Kind, long Size);
