using System.Diagnostics;
using Balsam.Launch.Lifecycle;
using Balsam.Launch.Staging;
using Balsam.Launch.Tests.Workdirs;
using Balsam.Storage;
using Balsam.Testing;

namespace Balsam.Launch.Tests.Staging;

/// <summary>Links to files of parents.</summary>
[Platform("Linux")]
public sealed class ParentInputsTests
{
    private WorkdirSite _site = null!;

    [SetUp]
    public void SetUp() => _site = new WorkdirSite();

    [TearDown]
    public void TearDown() => _site.Dispose();

    [Test]
    public async Task Link_OfAMatchingFile_IsRelativeAndReadByAProcess()
    {
        _site.Write("study/mesh/a.dat", "cells");
        _site.Write("study/mesh/b.log");
        int linked = await LinkAsync(Child("study/1", 2, 1), ["*.dat"], Parent("study/mesh", 1));
        Assert.That((linked, _site.TargetOf("study/1/a.dat")), Is.EqualTo((1, "../mesh/a.dat")));
        Assert.That(_site.Tree("study/1"), Is.EqualTo(new[] { "a.dat" }));
        using var cat = Process.Start(new ProcessStartInfo("cat", "a.dat") { WorkingDirectory = _site.PathOf("study/1"), RedirectStandardOutput = true })!;
        Assert.That(await cat.StandardOutput.ReadToEndAsync(), Is.EqualTo("cells"));
        await cat.WaitForExitAsync();

        Directory.Move(_site.Data, _site.Root + "/moved");
        Assert.That(File.ReadAllText(_site.Root + "/moved/study/1/a.dat"), Is.EqualTo("cells"));
        Directory.Move(_site.Root + "/moved", _site.Data);
    }

    [Test]
    public async Task Link_OfAFileInASubdirectory_KeepsItsPath()
    {
        _site.Write("p/out/deep/a.dat", "1");
        _site.Write("p/out/b.dat", "2");
        _site.Write("p/other/c.dat");
        Assert.That(await LinkAsync(Child("c", 2, 1), ["out/**"], Parent("p", 1)), Is.EqualTo(2));
        Assert.That(_site.Tree("c"), Is.EqualTo(new[] { "out/", "out/b.dat", "out/deep/", "out/deep/a.dat" }));
        Assert.That((_site.TargetOf("c/out/deep/a.dat"), _site.Read("c/out/deep/a.dat")), Is.EqualTo(("../../../p/out/deep/a.dat", "1")));
    }

    [Test]
    public async Task Link_OfTwoParentsWithOneName_NamesTheLaterAfterItAndSaysSo()
    {
        _site.Write("p/7/mesh.dat", "seven");
        _site.Write("p/3/mesh.dat", "three");
        Assert.That(await LinkAsync(Child("c", 9, 7, 3), ["*.dat"], Parent("p/3", 3), Parent("p/7", 7)), Is.EqualTo(2));
        Assert.That((_site.Read("c/mesh.dat"), _site.Read("c/mesh_3.dat")), Is.EqualTo(("seven", "three")));
        Assert.That(_site.LogOf("c"), Does.Contain("'mesh.dat' of parent 3 is linked as 'mesh_3.dat': 'mesh.dat' is taken by a link to '../p/7/mesh.dat'."));
    }

    [TestCase("mesh", "mesh_3")]
    [TestCase(".profile", ".profile_3")]
    [TestCase("a.tar.gz", "a.tar_3.gz")]
    public async Task Link_OfATakenName_PutsTheParentBeforeTheExtension(string name, string expected)
    {
        _site.Write("c/" + name, "mine");
        _site.Write("p/" + name, "theirs");
        await LinkAsync(Child("c", 9, 3), ["*"], Parent("p", 3));
        Assert.That((_site.Read("c/" + name), _site.TargetOf("c/" + name), _site.Read("c/" + expected)), Is.EqualTo(("mine", (string?)null, "theirs")));
        Assert.That(_site.LogOf("c"), Does.Contain($"is linked as '{expected}'").And.Contain("the job's own file"));
    }

    [Test]
    public async Task Link_WhenTheSecondNameIsTakenToo_GoesOn()
    {
        _site.Write("p/a.dat", "1");
        _site.Write("q/a.dat", "2");
        _site.Write("q/a_4.dat", "3");
        await LinkAsync(Child("c", 9, 2, 4), ["*.dat"], Parent("p", 2), Parent("q", 4));
        string[] all = [.. new[] { "a.dat", "a_4.dat", "a_4_4.dat" }.Select(name => _site.Read("c/" + name))];
        Assert.That(all, Is.EquivalentTo(new[] { "1", "2", "3" }));
        Assert.That(all[0], Is.EqualTo("1"));
    }

    [Test]
    public async Task Link_OfADirectoryWhoseNameAFileHas_NamesTheDirectory()
    {
        _site.Write("c/out", "mine");
        _site.Write("p/out/a.dat", "1");
        await LinkAsync(Child("c", 9, 3), ["**/*.dat"], Parent("p", 3));
        Assert.That((_site.Read("c/out"), _site.Read("c/out_3/a.dat")), Is.EqualTo(("mine", "1")));
        Assert.That(_site.LogOf("c"), Does.Contain("becomes 'out_3'"));
    }

    [Test]
    public async Task Link_Again_LeavesWhatIsLinkedAndWritesNoMore()
    {
        _site.Write("p/a.dat");
        _site.Write("q/a.dat");
        _site.Write("q/out/a.dat");
        Job child = Child("c", 9, 2, 4);
        await LinkAsync(child, ["**/a.dat"], Parent("p", 2), Parent("q", 4));
        string[] before = _site.Tree("c");
        string log = _site.LogOf("c");
        File.Delete(_site.PathOf("c/out/a.dat"));
        Assert.That(await LinkAsync(child, ["**/a.dat"], Parent("p", 2), Parent("q", 4)), Is.EqualTo(3));
        Assert.That((_site.Tree("c"), _site.LogOf("c")), Is.EqualTo((before, log)));
        Assert.That(before, Is.EqualTo(new[] { "a.dat", "a_4.dat", "balsam.log", "out/", "out/a.dat" }));
    }

    [Test]
    public async Task Link_WhereADanglingOrForeignLinkStands_LeavesItAndTakesAnotherName()
    {
        _site.Write("p/a.dat", "theirs");
        Directory.CreateDirectory(_site.PathOf("c"));
        File.CreateSymbolicLink(_site.PathOf("c/a.dat"), _site.Outside + "/nothing");
        await LinkAsync(Child("c", 9, 2), ["*.dat"], Parent("p", 2));
        Assert.That((_site.TargetOf("c/a.dat"), _site.Read("c/a_2.dat")), Is.EqualTo((_site.Outside + "/nothing", "theirs")));
        Assert.That(Directory.GetFileSystemEntries(_site.Outside), Is.Empty);
    }

    [Test]
    public async Task Link_OfLinksAndPipesOfTheParent_IsNotMade()
    {
        File.WriteAllText(_site.Outside + "/secret.dat", "secret");
        Directory.CreateDirectory(_site.PathOf("p"));
        _site.Write("p/real.dat");
        File.CreateSymbolicLink(_site.PathOf("p/file.dat"), _site.Outside + "/secret.dat");
        File.CreateSymbolicLink(_site.PathOf("p/own.dat"), "real.dat");
        Directory.CreateSymbolicLink(_site.PathOf("p/out"), _site.Outside);
        using (var pipe = Process.Start("mkfifo", _site.PathOf("p/pipe.dat")))
        {
            await pipe.WaitForExitAsync();
        }

        Assert.That(await LinkAsync(Child("c", 9, 2), ["**/*.dat"], Parent("p", 2)), Is.EqualTo(1));
        Assert.That(_site.Tree("c"), Is.EqualTo(new[] { "balsam.log", "real.dat" }));
        Assert.That(_site.LogOf("c"), Does.Contain("Parent 2: 2 symbolic links match, and are not passed on"));
    }

    [Test]
    public async Task Link_OfAParentWhoseWorkdirLeadsOutside_GivesNothing()
    {
        File.WriteAllText(_site.Outside + "/secret.dat", "secret");
        Directory.CreateSymbolicLink(_site.PathOf("p"), _site.Outside);
        Assert.That(await LinkAsync(Child("c", 9, 2), ["*"], Parent("p", 2)), Is.Zero);
        Assert.That(_site.Tree("c"), Is.EqualTo(new[] { "balsam.log" }));
        Assert.That(_site.LogOf("c"), Does.Contain("Parent 2 gives nothing: its workdir 'p' is not there."));
    }

    [Test]
    public async Task Link_IntoADirectoryThatIsALinkOutside_WritesNothingThere()
    {
        _site.Write("p/out/a.dat", "theirs");
        Directory.CreateDirectory(_site.PathOf("c"));
        Directory.CreateSymbolicLink(_site.PathOf("c/out"), _site.Outside);
        await LinkAsync(Child("c", 9, 2), ["**/*.dat"], Parent("p", 2));
        Assert.That(Directory.GetFileSystemEntries(_site.Outside), Is.Empty);
        Assert.That(_site.Read("c/out_2/a.dat"), Is.EqualTo("theirs"));
    }

    [Test]
    public void Link_OfAJobWhoseWorkdirLeadsOutside_IsRefused()
    {
        _site.Write("p/a.dat");
        Directory.CreateSymbolicLink(_site.PathOf("c"), _site.Outside);
        Assert.That(() => LinkAsync(Child("c", 9, 2), ["*"], Parent("p", 2)), Throws.TypeOf<WorkdirException>().With.Message.Contains("is a symbolic link"));
        Assert.That(Directory.GetFileSystemEntries(_site.Outside), Is.Empty);
    }

    [Test]
    public async Task Link_OfWhatBalsamWrites_NeedsItsNameAndNeverTakesIt()
    {
        foreach (string name in (string[])["job.out", "job.out.1", "balsam.log", ".balsam-part"])
        {
            _site.Write("p/" + name, name);
        }

        Assert.That(await LinkAsync(Child("c", 9, 2), ["*"], Parent("p", 2)), Is.Zero);
        Assert.That(await LinkAsync(Child("d", 10, 2), ["job.out*", "balsam.log"], Parent("p", 2)), Is.EqualTo(3));
        Assert.That(_site.Tree("d"), Is.EqualTo(new[] { "balsam.log", "balsam_2.log", "job.out_2.1", "job_2.out" }));
        Assert.That((_site.Read("d/job_2.out"), _site.TargetOf("d/balsam.log")), Is.EqualTo(("job.out", (string?)null)));
    }

    [Test]
    public async Task Link_OfAPatternWithoutAMatch_IsSaidAndNoError()
    {
        _site.Write("p/a.dat");
        Assert.That(await LinkAsync(Child("c", 9, 2, 3), ["*.dat", "*.xyz"], Parent("p", 2), Parent("gone", 3)), Is.EqualTo(1));
        Assert.That(_site.LogOf("c"), Does.Contain("The pattern '*.xyz' matches no file of any parent (2, 3).").And.Contain("Parent 3 gives nothing: its workdir 'gone' is not there."));
        Assert.That(_site.LogOf("c"), Does.Not.Contain("'*.dat'"));
    }

    [Test]
    public async Task Link_OfParentsThatFailedWereDeletedOrRunAgain_IsMadeOfWhatEnded()
    {
        _site.Write("failed/a.dat");
        _site.Write("again/b.dat");
        Assert.That(await LinkAsync(Child("c", 9, 1, 2, 3), ["*.dat"], WorkdirSite.JobAt("failed", 1, JobState.Failed), WorkdirSite.JobAt("again", 2, JobState.Running)), Is.EqualTo(1));
        Assert.That(_site.Tree("c"), Is.EqualTo(new[] { "a.dat", "balsam.log" }));
        Assert.That(_site.LogOf("c"), Does.Contain("Parent 2 gives nothing: it is RUNNING again.").And.Contain("Parent 3 gives nothing: it was deleted."));
    }

    [Test]
    public async Task Link_OfAWorkdirInsideTheParents_DoesNotLinkItself()
    {
        _site.Write("study/mesh.dat", "cells");
        _site.Write("study/1/own.dat");
        Job child = Child("study/1", 9, 2);
        Assert.That(await LinkAsync(child, ["**/*.dat"], Parent("study", 2)), Is.EqualTo(1));
        Assert.That(await LinkAsync(child, ["**/*.dat"], Parent("study", 2)), Is.EqualTo(1));
        Assert.That((_site.Tree("study/1"), _site.TargetOf("study/1/mesh.dat")), Is.EqualTo((new[] { "mesh.dat", "own.dat" }, "../mesh.dat")));
    }

    [Test]
    public async Task Link_WhereLinksAreFollowed_IsAbsoluteBehindOne()
    {
        _site.Write("p/a.dat", "theirs");
        Directory.CreateDirectory(_site.Outside + "/elsewhere/c");
        Directory.CreateSymbolicLink(_site.PathOf("big"), _site.Outside + "/elsewhere");
        await LinkAsync(Child("big/c", 9, 2), ["*"], followsLinks: true, Parent("p", 2));
        Assert.That((_site.TargetOf("big/c/a.dat"), _site.Read("big/c/a.dat")), Is.EqualTo((_site.PathOf("p/a.dat"), "theirs")));
        await LinkAsync(Child("plain", 10, 2), ["*"], followsLinks: true, Parent("p", 2));
        Assert.That(_site.TargetOf("plain/a.dat"), Is.EqualTo("../p/a.dat"));
    }

    [Test]
    public async Task Link_ThatCannotBeMade_FailsForGoodAndNamesParentAndWorkdir()
    {
        string name = new('a', 250);
        _site.Write("p/" + name + ".dat");
        _site.Write("c/" + name + ".dat");
        TransferException failure = (await Assert.ThrowsAsync<TransferException>(() => LinkAsync(Child("c", 9, 12345678), ["*"], Parent("p", 12345678))))!;
        Assert.That((failure.IsTransient, failure.Message), Is.EqualTo((false, failure.Message)));
        Assert.That(failure.Message, Does.Contain("parent 12345678 ('p')").And.Contain("'c'").And.Contain("File name too long"));
    }

    [Test]
    public async Task Link_OfVeryManyFiles_IsMadeOfEach()
    {
        const int files = 100_000;
        Directory.CreateDirectory(_site.PathOf("p/out"));
        for (int i = 0; i < files; i++)
        {
            File.OpenHandle(_site.PathOf($"p/out/{i}.dat"), FileMode.CreateNew, FileAccess.Write).Dispose();
        }

        Assert.That(await LinkAsync(Child("c", 9, 2), ["out/*.dat"], Parent("p", 2)), Is.EqualTo(files));
        Assert.That(Directory.EnumerateFiles(_site.PathOf("c/out")).Count(), Is.EqualTo(files));
    }

    [Test]
    public void Link_OnAnotherSystem_FollowsTheSameRules()
    {
        _site.Write("p/a.dat", "1");
        _site.Write("p/out/b.dat", "2");
        _site.Write("c/a.dat", "mine");
        Directory.CreateSymbolicLink(_site.PathOf("p/link"), _site.Outside);
        File.CreateSymbolicLink(_site.PathOf("p/link.dat"), "a.dat");
        using var theirs = new Launch.Workdirs.NamedDirectory(_site.PathOf("p"), WorkdirAccess.Owner);
        using var own = new Launch.Workdirs.NamedDirectory(_site.PathOf("c"), WorkdirAccess.Owner);
        using var log = new WorkdirLog(_site.Directories(), "c", "#", _site.Secrets, _site.Time);
        for (int time = 0; time < 2; time++)
        {
            int linked = new InputLinker(_site.Directories(), Child("c", 9, 2), Parent("p", 2), own, log).Link(theirs, new Launch.Workdirs.FilePatterns(["**"]), default);
            Assert.That(linked, Is.EqualTo(2));
        }

        Assert.That(_site.Tree("c"), Is.EqualTo(new[] { "a.dat", "a_2.dat", "balsam.log", "out/", "out/b.dat" }));
        Assert.That((_site.Read("c/a.dat"), _site.Read("c/a_2.dat"), _site.TargetOf("c/out/b.dat")), Is.EqualTo(("mine", "1", "../../p/out/b.dat")));
    }

    private static Job Parent(string workdir, long id) => WorkdirSite.JobAt(workdir, id);

    private static Job Child(string workdir, long id, params long[] parents) =>
        WorkdirSite.JobAt(workdir, id, JobState.Ready, [.. parents.Select(parent => new JobDependency(new JobId(parent), DependencyCondition.Either))]);

    private Task<int> LinkAsync(Job child, string[] patterns, params Job[] parents) => LinkAsync(child, patterns, followsLinks: false, parents);

    private async Task<int> LinkAsync(Job child, string[] patterns, bool followsLinks, params Job[] parents)
    {
        await using var store = new KnownJobs(parents);
        return await new ParentInputs(store, _site.Directories(followsLinks), _site.Secrets, _site.Time).LinkAsync(child, patterns, default);
    }

    /// <summary>A store that knows a few jobs.</summary>
    private sealed class KnownJobs(Job[] jobs) : DelegatingJobStore(new InMemoryJobStore())
    {
        public override Task<IReadOnlyList<Job>> FindAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Job>>([.. ids.Select(id => jobs.FirstOrDefault(job => job.Id == id)).OfType<Job>()]);
    }
}
