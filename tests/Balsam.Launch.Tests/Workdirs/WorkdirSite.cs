using Balsam.Launch.Lifecycle;
using Balsam.Launch.Tests.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Launch.Tests.Workdirs;

/// <summary>A data directory with workdirs, and what lies outside it.</summary>
internal sealed class WorkdirSite : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddBalsam(balsam => balsam.AddLauncher()).BuildServiceProvider();

    public string Root { get; } = System.IO.Directory.CreateTempSubdirectory("balsam-workdirs-").FullName;

    public string Data => Path.Combine(Root, "data");

    public string Outside => Path.Combine(Root, "outside");

    public EngineTime Time { get; } = new();

    public SecretKeeper Secrets => _services.GetRequiredService<SecretKeeper>();

    public WorkdirSite()
    {
        Directory.CreateDirectory(Data);
        Directory.CreateDirectory(Outside);
    }

    public SiteDirectory Directories(bool followsLinks = false) => new(Data, WorkdirAccess.Owner, followsLinks);

    public static Job JobAt(string workdir, long id, JobState state = JobState.JobFinished, params JobDependency[] parents) => Job.Restore(new JobSnapshot
    {
        Id = new JobId(id),
        Version = 3,
        State = state,
        Application = "Any",
        Site = SiteName.Local,
        Workdir = workdir,
        Parents = [.. parents],
        CreatedAt = DateTimeOffset.UnixEpoch,
        LastUpdate = DateTimeOffset.UnixEpoch,
    });

    public string PathOf(string relative) => Path.Combine(Data, relative);

    public void Write(string relative, string content = "x")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllText(PathOf(relative), content);
    }

    public string Read(string relative) => File.ReadAllText(PathOf(relative));

    public string? TargetOf(string relative) => new FileInfo(PathOf(relative)).LinkTarget;

    public string LogOf(string workdir) => File.Exists(PathOf(workdir + "/balsam.log")) ? Read(workdir + "/balsam.log") : "";

    public string[] Tree(string relative) => Tree(PathOf(relative), "");

    public static string[] Tree(string directory, string prefix) =>
    [
        .. new DirectoryInfo(directory).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .SelectMany(entry => entry is DirectoryInfo && entry.LinkTarget is null ? [prefix + entry.Name + "/", .. Tree(entry.FullName, prefix + entry.Name + "/")] : new[] { prefix + entry.Name }),
    ];

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
