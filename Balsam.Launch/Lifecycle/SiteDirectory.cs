namespace Balsam.Launch.Lifecycle;

/// <summary>The data directory of a site: where workdirs are, absolute.</summary>
internal sealed class SiteDirectory(string dataDirectory)
{
    public string Root { get; } = Path.GetFullPath(dataDirectory);

    public string Resolve(string workdir) => Path.Combine(Root, workdir);

    /// <exception cref="IOException">It cannot be made.</exception>
    public string Create(string workdir) => Directory.CreateDirectory(Resolve(workdir)).FullName;
}
