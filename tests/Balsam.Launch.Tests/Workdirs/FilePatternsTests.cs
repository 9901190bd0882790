using Balsam.Launch.Workdirs;

namespace Balsam.Launch.Tests.Workdirs;

/// <summary>What patterns mean, as the documentation says it.</summary>
public sealed class FilePatternsTests
{
    [TestCase("*.dat", "a.dat", true)]
    [TestCase("*.dat", ".dat", true)]
    [TestCase("*.dat", "a.dat.old", false)]
    [TestCase("*.dat", "a.DAT", false)]
    [TestCase("*.dat", "out/a.dat", false)]
    [TestCase("A*.dat", "a.dat", false)]
    [TestCase("step*_*.dat", "step1_a.dat", true)]
    [TestCase("step*_*.dat", "step1.dat", false)]
    [TestCase("*", "a", true)]
    [TestCase("*", ".hidden", true)]
    [TestCase("*", "a/b", false)]
    [TestCase("*.*", "a.b", true)]
    [TestCase("**/x", "x", true)]
    [TestCase("**/x", "a/x", true)]
    [TestCase("**/x", "a/b/c/x", true)]
    [TestCase("**/x", "a/xx", false)]
    [TestCase("**/*.tmp", "a.tmp", true)]
    [TestCase("**/*.tmp", "a/b.tmp/c", false)]
    [TestCase("a/*/b", "a/x/b", true)]
    [TestCase("a/*/b", "a/b", false)]
    [TestCase("a/*/b", "a/x/y/b", false)]
    [TestCase("a/**/b", "a/b", true)]
    [TestCase("a/**/b", "a/x/y/b", true)]
    [TestCase("a/**/b", "c/a/b", false)]
    [TestCase("scratch/**", "scratch/a", true)]
    [TestCase("scratch/**", "scratch/a/b/c", true)]
    [TestCase("scratch/**", "scratch", false)]
    [TestCase("scratch/**", "scratchy/a", false)]
    [TestCase("**", "a", true)]
    [TestCase("**", "a/b/c", true)]
    [TestCase("with space/ä b.dat", "with space/ä b.dat", true)]
    public void MatchesFile_OfAPattern_IsAsDocumented(string pattern, string path, bool expected)
    {
        var patterns = new FilePatterns([pattern]);
        Assert.That((patterns.MatchesFile(path), patterns.Hits[0]), Is.EqualTo((expected, expected)));
    }

    [TestCase("*", "job.out", false)]
    [TestCase("**", "balsam.log", false)]
    [TestCase("job.*", "job.out", false)]
    [TestCase("**/*", ".balsam-part-1", false)]
    [TestCase("**/*", "a/.balsam-part-1", false)]
    [TestCase("*", "job.out.2", false)]
    [TestCase("**/job.out", "a/job.out", true)]
    [TestCase("*", "job.output", true)]
    [TestCase("*.out", "a.out", true)]
    [TestCase("job.out", "job.out", true)]
    [TestCase("job.out*", "job.out.2", true)]
    [TestCase("balsam.log", "balsam.log", true)]
    [TestCase(".balsam-*", ".balsam-part-1", true)]
    [TestCase("**/.balsam-*", "a/.balsam-part-1", true)]
    public void MatchesFile_OfBalsam_OnlyWhereItIsNamed(string pattern, string path, bool expected) =>
        Assert.That(new FilePatterns([pattern]).MatchesFile(path), Is.EqualTo(expected));

    [TestCase("scratch/**", "scratch", true)]
    [TestCase("scratch/**", "scratch/a", true)]
    [TestCase("scratch/**", "other", false)]
    [TestCase("run*/**", "run7", true)]
    [TestCase("**", "a/b", true)]
    [TestCase("**/*.tmp", "a", false)]
    [TestCase("**/*.tmp", "a.tmp", true)]
    [TestCase("scratch/*.tmp", "scratch", false)]
    public void MatchesDirectory_OfAPattern_IsWhatItHoldsEntirely(string pattern, string path, bool expected) =>
        Assert.That(new FilePatterns([pattern]).MatchesDirectory(path), Is.EqualTo(expected));

    [TestCase("*.dat", "a", false)]
    [TestCase("a/*.dat", "a", true)]
    [TestCase("a/*.dat", "b", false)]
    [TestCase("a/*.dat", "a/b", false)]
    [TestCase("a/*/b", "a/x", true)]
    [TestCase("*/b", "a", true)]
    [TestCase("**/x", "a/b/c", true)]
    [TestCase("scratch/**", "scratch/a/b", true)]
    [TestCase("scratch/**", "out", false)]
    [TestCase("**", "a", true)]
    public void MayLieIn_ADirectory_SparesTheLookIntoOthers(string pattern, string directory, bool expected) =>
        Assert.That(new FilePatterns([pattern]).MayLieIn(directory), Is.EqualTo(expected));

    [Test]
    public void Hits_OfSeveralPatterns_TellWhichMatched()
    {
        var patterns = new FilePatterns(["*.dat", "*.log", "mesh.*"]);
        Assert.That(patterns.MatchesFile("mesh.dat"), Is.True);
        Assert.That(patterns.Hits, Is.EqualTo(new[] { true, false, true }));
    }
}
