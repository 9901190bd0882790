using Balsam.Launch.Staging;

namespace Balsam.Launch.Workdirs;

/// <summary>What a walk through a workdir has come upon.</summary>
/// <param name="Directory">The directory that it stands in, held open until the walk goes on.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Path">Its path from the workdir.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">The size in bytes of a file.</param>
internal readonly record struct WorkdirEntry(HeldDirectory Directory, string Name, string Path, FileEntryKind Kind, long Size);
