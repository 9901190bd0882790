using System.Diagnostics;
using Balsam.Launch.Cleanup;
using Balsam.Launch.Tests.Workdirs;

namespace Balsam.Launch.Tests.Cleanup;

/// <summary>What is removed of a workdir, and what never is.</summary>
[Platform("Linux")]
public sealed class WorkdirCleanerTests
{
    private WorkdirSite _site = null!;

    [SetUp]
    public void SetUp()
    {
        _site = new WorkdirSite();
        File.WriteAllText(_site.Outside + "/keep.tmp", "keep");
    }

    [TearDown]
    public void TearDown()
    {
        Assert.That(File.ReadAllText(_site.Outside + "/keep.tmp"), Is.EqualTo("keep"));
        _site.Dispose();
    }

    [Test]
    public void Clean_OfMatchingFiles_RemovesThemAndNothingElse()
    {
        foreach (string file in (string[])["w/a.tmp", "w/b.dat", "w/job.out", "w/sub/c.tmp", "w/scratch/d.dat", "w/scratch/deep/e", "w2/a.tmp"])
        {
            _site.Write(file, "four");
        }

        CleanedWorkdir cleaned = Clean("w", "*.tmp", "scratch/**");
        Assert.That((cleaned.Files, cleaned.Bytes, cleaned.Problems, cleaned.IsCut), Is.EqualTo((3L, 12L, 0, false)));
        Assert.That(_site.Tree(""), Is.EqualTo(new[] { "w/", "w/b.dat", "w/job.out", "w/sub/", "w/sub/c.tmp", "w2/", "w2/a.tmp" }));
    }

    [Test]
    public void Clean_OfFilesInDirectoriesThatNoPatternMeans_LeavesTheDirectories()
    {
        _site.Write("w/out/a.tmp");
        _site.Write("w/out/deep/b.tmp");
        Assert.That(Clean("w", "**/*.tmp").Files, Is.EqualTo(2));
        Assert.That(_site.Tree("w"), Is.EqualTo(new[] { "out/", "out/deep/" }));
    }

    [Test]
    public void Clean_OfEverything_LeavesTheWorkdirAndWhatBalsamWrote()
    {
        _site.Write("w/a/b/c");
        _site.Write("w/job.out");
        _site.Write("w/balsam.log");
        Assert.That(Clean("w", "**").Files, Is.EqualTo(1));
        Assert.That(_site.Tree("w"), Is.EqualTo(new[] { "balsam.log", "job.out" }));
        Assert.That(Clean("w", "job.out", "balsam.log").Files, Is.EqualTo(2));
        Assert.That(_site.Tree(""), Is.EqualTo(new[] { "w/" }));
    }

    [Test]
    public async Task Clean_OfLinksAndPipes_RemovesThemselves()
    {
        _site.Write("w/scratch/a");
        _site.Write("other/keep");
        File.CreateSymbolicLink(_site.PathOf("w/scratch/out.tmp"), _site.Outside + "/keep.tmp");
        File.CreateSymbolicLink(_site.PathOf("w/scratch/gone.tmp"), "nothing");
        File.CreateSymbolicLink(_site.PathOf("w/scratch/input.dat"), "../../other/keep");
        Directory.CreateSymbolicLink(_site.PathOf("w/scratch/dir"), _site.Outside);
        using (var pipe = Process.Start("mkfifo", _site.PathOf("w/scratch/pipe")))
        {
            await pipe.WaitForExitAsync();
        }

        Assert.That((Clean("w", "scratch/**").Files, _site.Read("other/keep")), Is.EqualTo((6L, "x")));
        Assert.That(_site.Tree("w"), Is.Empty);
    }

    [TestCase("w")]
    [TestCase("w/inner")]
    public void Clean_OfAWorkdirBehindALink_RemovesNothing(string workdir)
    {
        Directory.CreateDirectory(_site.Outside + "/inner");
        File.WriteAllText(_site.Outside + "/inner/keep.tmp", "keep");
        Directory.CreateSymbolicLink(_site.PathOf("w"), _site.Outside);
        Assert.That(Clean(workdir, "**").Files, Is.Zero);
        Assert.That(File.Exists(_site.Outside + "/inner/keep.tmp"), Is.True);
    }

    [Test]
    public void Clean_WhenADirectoryIsExchangedForALinkMeanwhile_StaysInsideTheWorkdir()
    {
        _site.Write("w/scratch/keep.tmp");
        _site.Write("w/scratch/more.tmp");
        CleanedWorkdir cleaned = Cleaner.Clean(Candidate("w", "scratch/**"), Exchange);
        Assert.That(cleaned.Files, Is.EqualTo(2));
        Assert.That(WorkdirSite.Tree(_site.Root + "/moved", ""), Is.Empty);
        Assert.That(_site.TargetOf("w/scratch"), Is.EqualTo(_site.Outside));

        bool Exchange()
        {
            if (Directory.Exists(_site.Root + "/moved"))
            {
                return true;
            }

            Directory.Move(_site.PathOf("w/scratch"), _site.Root + "/moved");
            Directory.CreateSymbolicLink(_site.PathOf("w/scratch"), _site.Outside);
            return true;
        }
    }

    [Test]
    public void Clean_OfAFileThatCannotBeRemoved_SaysSoAndGoesOn()
    {
        _site.Write("w/a.tmp");
        _site.Write("w/b.tmp");
        CleanedWorkdir cleaned = Cleaner.Clean(Candidate("w", "*.tmp"), Exchange);
        Assert.That((cleaned.Files, cleaned.Problems, cleaned.IsCut), Is.EqualTo((1L, 1, false)));
        Assert.That(cleaned.FirstProblem, Does.Match("^'a.tmp' cannot be removed: .+\\.$"));
        Assert.That(_site.LogOf("w"), Does.Contain("#BALSAM Cleaning up Job 1").And.Contain(cleaned.FirstProblem));
        Assert.That(_site.Tree("w"), Is.EqualTo(new[] { "a.tmp/", "a.tmp/inner", "balsam.log" }));

        // A directory in the place of the file that was seen: no right to remove would help.
        bool Exchange()
        {
            if (File.Exists(_site.PathOf("w/a.tmp")))
            {
                File.Delete(_site.PathOf("w/a.tmp"));
                _site.Write("w/a.tmp/inner");
            }

            return true;
        }
    }

    [Test]
    public void Clean_OfDirectoriesWithoutEnd_SaysWhereItStopped()
    {
        _site.Write("w/" + string.Concat(Enumerable.Repeat("d/", 70)) + "a.tmp");
        CleanedWorkdir cleaned = Clean("w", "**/*.tmp");
        Assert.That((cleaned.Files, cleaned.Problems), Is.EqualTo((0L, 1)));
        Assert.That(cleaned.FirstProblem, Does.Contain("more than 64 directories deep"));
    }

    [Test]
    public void Clean_ThatMayNotGoOn_EndsBetweenTwoFiles()
    {
        for (int i = 0; i < 10; i++)
        {
            _site.Write($"w/{i}.tmp");
        }

        int asked = 0;
        CleanedWorkdir cleaned = Cleaner.Clean(Candidate("w", "*.tmp"), () => ++asked <= 4);
        Assert.That((cleaned.Files, cleaned.IsCut, _site.Tree("w").Length), Is.EqualTo((4L, true, 6)));
    }

    [Test]
    public void Clean_OfAWorkdirThatIsNotThere_DoesNothing() => Assert.That((Clean("w", "**").Files, Directory.Exists(_site.PathOf("w"))), Is.EqualTo((0L, false)));

    [Test]
    public void Clean_Again_FindsNothing()
    {
        _site.Write("w/scratch/a");
        Assert.That((Clean("w", "scratch/**").Files, Clean("w", "scratch/**").Files), Is.EqualTo((1L, 0L)));
    }

    [Test]
    public void List_SaysWhatCleanRemoves()
    {
        _site.Write("w/scratch/b", "22");
        _site.Write("w/a.tmp", "1");
        File.CreateSymbolicLink(_site.PathOf("w/link.tmp"), _site.Outside + "/keep.tmp");
        _site.Write("w/kept");
        JobCleanup preview = Cleaner.List(Candidate("w", "*.tmp", "scratch/**"), default);
        Assert.That(preview.Files, Is.EqualTo(new[] { new CleanupFile("a.tmp", 1), new CleanupFile("link.tmp", 0), new CleanupFile("scratch/b", 2) }));
        Assert.That((preview.Bytes, preview.Problems.Count, _site.Tree("w").Length), Is.EqualTo((3L, 0, 5)));
        Assert.That(Clean("w", "*.tmp", "scratch/**").Files, Is.EqualTo(3));
        Assert.That(_site.Tree("w"), Is.EqualTo(new[] { "kept" }));
    }

    private WorkdirCleaner Cleaner => new(_site.Directories(), _site.Secrets, _site.Time);

    private CleanedWorkdir Clean(string workdir, params string[] patterns) => Cleaner.Clean(Candidate(workdir, patterns), () => true);

    private static CleanupCandidate Candidate(string workdir, params string[] patterns) => new(WorkdirSite.JobAt(workdir, 1), patterns, null);
}
