using Balsam.Launch.Staging;
using Balsam.Launch.Workdirs;

namespace Balsam.Launch.Tests.Workdirs;

/// <summary>How workdirs are gone through.</summary>
public sealed class WorkdirWalkTests
{
    private const int VeryMany = 100_000;

    [Test]
    public void Go_ThroughVeryManyFiles_ReadsNoFurtherThanItIsAsked()
    {
        using var directory = new EndlessDirectory();
        int taken = 0;
        foreach (WorkdirEntry entry in Walk("*.dat").Go(directory, default))
        {
            Assert.That((entry.Path, directory.Given), Is.EqualTo(($"{taken}.dat", taken + 1)));
            if (++taken == VeryMany)
            {
                break;
            }
        }

        Assert.That((directory.Given, directory.IsRead), Is.EqualTo((VeryMany, false)));
    }

    [Test]
    public void Go_WhenCancelled_Ends()
    {
        using var directory = new EndlessDirectory();
        using var stop = new CancellationTokenSource();
        int taken = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (WorkdirEntry _ in Walk("*").Go(directory, stop.Token))
            {
                if (++taken == 10)
                {
                    stop.Cancel();
                }
            }
        });
        Assert.That(taken, Is.EqualTo(10));
    }

    [Test]
    public void Go_IntoADirectoryThatCannotBeRead_SaysSoAndGoesOn()
    {
        List<string> problems = [];
        using var directory = new BrokenDirectory();
        string[] found = [.. new WorkdirWalk(new FilePatterns(["**"]), null, problems.Add).Go(directory, default).Select(entry => entry.Path)];
        Assert.That(found, Is.EqualTo(new[] { "closed", "open.dat" }));
        Assert.That(problems, Is.EqualTo(new[] { "'closed' cannot be read: Permission denied." }));
    }

    private static WorkdirWalk Walk(string pattern) => new(new FilePatterns([pattern]), null, problem => Assert.Fail(problem));

    /// <summary>A directory without end.</summary>
    private sealed class EndlessDirectory : TestDirectory
    {
        public int Given { get; private set; }

        public bool IsRead { get; private set; }

        public override IEnumerable<HeldEntry> List()
        {
            while (Given < 2 * VeryMany)
            {
                yield return new HeldEntry($"{Given++}.dat", FileEntryKind.File, 1);
            }

            IsRead = true;
        }
    }

    /// <summary>A directory with one that cannot be read, and a file.</summary>
    private sealed class BrokenDirectory : TestDirectory
    {
        public override IEnumerable<HeldEntry> List() => [new HeldEntry("closed", FileEntryKind.Directory, 0), new HeldEntry("open.dat", FileEntryKind.File, 1)];

        public override HeldDirectory? Enter(string name) => new ClosedDirectory();

        private sealed class ClosedDirectory : TestDirectory
        {
            public override IEnumerable<HeldEntry> List() => Enumerable.Repeat(0, 1).Select(HeldEntry (_) => throw new IOException("Permission denied"));
        }
    }

    /// <summary>A directory that can only be read.</summary>
    private abstract class TestDirectory : HeldDirectory
    {
        public override HeldDirectory? Enter(string name) => throw new NotSupportedException();

        public override HeldDirectory? Make(string name) => throw new NotSupportedException();

        public override string? TargetOf(string name) => throw new NotSupportedException();

        public override bool TryLink(string name, string target) => throw new NotSupportedException();

        public override void Remove(string name) => throw new NotSupportedException();

        public override bool TryRemoveDirectory(string name) => throw new NotSupportedException();

        public override void Dispose()
        {
        }
    }
}
