using Balsam.Launch.Lifecycle;

namespace Balsam.Launch.Tests.Lifecycle;

/// <summary>What launchers know of the hooks that those before them did not survive.</summary>
public sealed class HookLedgerTests
{
    private static readonly HookCall First = new(new JobId(1), 0, JobState.StagedIn);
    private static readonly HookCall Second = new(new JobId(2), 3, JobState.RunDone);

    private string _directory = null!;
    private SessionId _last;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("balsam-ledger-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void Lost_LaunchersThatDiedInCalls_AreCountedInARow()
    {
        for (int launcher = 0; launcher < 3; launcher++)
        {
            HookLedger ledger = Next();
            Assert.That((ledger.LossesOf(First), ledger.LossesOf(Second)), Is.EqualTo((launcher, 0)));
            ledger.Begin(First);
            ledger.Begin(Second);
            ledger.End(Second);
        }

        // One that dies in another call keeps the count, one that survives the call ends it.
        HookLedger other = Next();
        other.Begin(Second);
        HookLedger survivor = Next();
        Assert.That((survivor.LossesOf(First), survivor.LossesOf(Second)), Is.EqualTo((3, 1)));
        survivor.Begin(First);
        survivor.End(First);
        survivor.Forget([Second]);
        survivor.Dispose();
        Assert.That(Directory.GetFiles(_directory), Is.Empty);
    }

    [Test]
    public void Open_LedgerOfALauncherThatLives_IsLeftAlone()
    {
        HookLedger living = Next();
        living.Begin(First);
        SessionId alive = _last;
        using HookLedger second = HookLedger.Open(_directory, SessionId.New(DateTimeOffset.UtcNow), [alive]);
        Assert.That(second.LossesOf(First), Is.Zero);
        living.End(First);
        living.Dispose();
    }

    [Test]
    public void Open_FileCutShortOrNotALedger_CountsWhatIsWhole()
    {
        File.WriteAllText(Path.Combine(_directory, ".balsam-hooks-x"), "+ 1 0 StagedIn 4 .\nrubbish\n+ 0 0 Running 0 .\n+ 2 3 RunD");
        using HookLedger ledger = Next();
        Assert.That((ledger.LossesOf(First), ledger.Lost.Count), Is.EqualTo((5, 1)));
    }

    [Test]
    public void End_ManyCalls_TheFileStaysSmallAndKeepsWhatIsUnderWay()
    {
        HookLedger ledger = Next();
        ledger.Begin(Second);
        for (int i = 0; i < 40_000; i++)
        {
            ledger.Begin(First);
            ledger.End(First);
        }

        Assert.That(new FileInfo(Directory.GetFiles(_directory).Single()).Length, Is.LessThan(1_100_000));
        HookLedger next = Next();
        Assert.That((next.LossesOf(First), next.LossesOf(Second)), Is.EqualTo((0, 1)));
    }

    // The one before is not disposed: it died.
    private HookLedger Next() => HookLedger.Open(_directory, _last = SessionId.New(DateTimeOffset.UtcNow), []);
}
