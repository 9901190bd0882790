using Balsam.Launch;
using Balsam.Launch.Cleanup;

namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Transfers
{
    [Test]
    public async Task Files_AsOnThePage_AreLinkedAndCleanedUp()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam =>
        {
            balsam.AddApplication<Simulate>().AddApplication<Relax>();
            #region FilesCleanupOptions
            balsam.AddLauncher(options =>
            {
                options.Cleanup.Enabled = true;
                options.Cleanup.Interval = TimeSpan.FromMinutes(5);
            });
            #endregion
        });
        var mesh = Simulate.NewJob("mesh").Tag("study", "a");
        Job[] jobs = [.. await docs.Client.SubmitAsync([mesh, Relax.NewJob("relax").After(mesh)])];
        await docs.Site.RunUntilIdleAsync();
        Assert.That((await docs.Client.WaitAsync(jobs[1].Id)).State, Is.EqualTo(JobState.JobFinished));
        string workdir = docs.Site.WorkdirOf(jobs[0]);
        Assert.That(File.Exists(Path.Combine(workdir, "scratch", "part")), Is.True);

        Launcher launcher = docs.Site.Launcher;
        #region FilesPreview
        await foreach (JobCleanup cleanup in launcher.PreviewCleanupAsync(new TagFilter("study", "a")))
        {
            Console.WriteLine($"{cleanup.Job.Workdir}: {cleanup.Files.Count} files, {cleanup.Bytes} bytes {cleanup.WaitsFor}");
        }

        CleanupReport report = await launcher.CleanUpAsync(new TagFilter("study", "a"));
        Console.WriteLine($"{report.Jobs} jobs, {report.Files} files, {report.Bytes} bytes; {report.Waiting} jobs must wait");
        #endregion

        Assert.That((report, Directory.Exists(Path.Combine(workdir, "scratch"))), Is.EqualTo((new CleanupReport(1, 1, 2, 0, 0), false)));
    }

    #region FilesInputs
    public sealed class Relax : ApplicationDefinition
    {
        public override CommandTemplate Command => "cp mesh.dat relaxed.dat";

        public override IReadOnlyList<string> InputsFromParents => ["*.dat", "restart/**"];
    }
    #endregion

    #region FilesCleanup
    public sealed class Simulate : ApplicationDefinition
    {
        public override CommandTemplate Command => "/bin/sh -c \"mkdir scratch && echo 1 > scratch/part && echo 2 > mesh.dat\"";

        public override IReadOnlyList<string> CleanupFiles => ["*.tmp", "scratch/**"];
    }
    #endregion
}
