namespace Balsam.Hostile.Tests;

/// <summary>A directory for one test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("balsam-hostile-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Everything in it, links not followed.</summary>
    public IEnumerable<FileSystemInfo> Everything() => new DirectoryInfo(Path).EnumerateFileSystemInfos("*", new EnumerationOptions
    {
        RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false,
    });

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
