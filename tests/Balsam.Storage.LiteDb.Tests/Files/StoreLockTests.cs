using System.Diagnostics;
using Balsam.Storage.LiteDb.Files;
using Microsoft.Extensions.Time.Testing;

namespace Balsam.Storage.LiteDb.Tests.Files;

internal sealed class StoreLockTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 5, 10, 20, 30, 456, TimeSpan.Zero);

    private TemporaryDirectory _directory = null!;
    private StorePaths _paths = null!;

    [SetUp]
    public void MakeDirectory()
    {
        _directory = new TemporaryDirectory();
        _paths = StorePaths.Of(_directory["store.db"]);
    }

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Acquire_HeldByThisProcess_SaysSo()
    {
        using StoreLock first = StoreLock.Acquire(_paths, new FakeTimeProvider(Now));

        StoreLockedException refusal = Refusal(() => StoreLock.Acquire(_paths, TimeProvider.System));

        Assert.That(refusal.Problem, Is.EqualTo(StoreFileProblem.Locked));
        Assert.That(refusal.Holder, Is.Not.Null);
        Assert.That(refusal.Holder!.ProcessId, Is.EqualTo(Environment.ProcessId));
        Assert.That(refusal.Holder.Host, Is.EqualTo(Environment.MachineName));
        Assert.That(refusal.Holder.Since, Is.EqualTo(Now));
        Assert.That(refusal.Message, Does.Contain(_paths.Data).And.Contain("this very process").And.Contain("2026-11-05T10:20:30.456Z"));
    }

    [Test]
    public void Open_HeldByAnotherProcess_NamesItAndOpensOnceItIsKilled()
    {
        using Process child = ChildProcess.Hold(_paths.Data);
        Assert.That(child.StandardOutput.ReadLine(), Is.EqualTo("open"));

        StoreLockedException refusal = Refusal(() => LiteDbFile.Open(_paths.Data));

        Assert.That(refusal.Holder!.ProcessId, Is.EqualTo(child.Id));
        Assert.That(refusal.Holder.ProcessStarted, Is.EqualTo((DateTimeOffset)child.StartTime.ToUniversalTime()).Within(TimeSpan.FromSeconds(1)));
        Assert.That(refusal.Message, Does.Contain($"process {child.Id} (dotnet)"));
        child.Kill();
        child.WaitForExit();
        Assert.That(File.Exists(_paths.Owner), Is.True);
        using LiteDbFile file = LiteDbFile.Open(_paths.Data);
        Assert.That(LockHolder.Parse(File.ReadAllText(_paths.Owner))!.ProcessId, Is.EqualTo(Environment.ProcessId));
    }

    [Test]
    public void Open_HeldFromAnotherHost_NamesThatHost()
    {
        // Two hosts on one network file system: the lock is held, by whom says the record that the other host wrote.
        using Process child = ChildProcess.Hold(_paths.Data);
        Assert.That(child.StandardOutput.ReadLine(), Is.EqualTo("open"));
        File.WriteAllText(_paths.Owner, new LockHolder("login-2.cluster", 4711, "campaign", Now.AddDays(-1), Now).ToText());

        StoreLockedException refusal = Refusal(() => LiteDbFile.Open(_paths.Data));

        Assert.That(refusal.Message, Does.Contain(_paths.Data).And.Contain("process 4711 (campaign) on host login-2.cluster").And.Contain("2026-11-05T10:20:30.456Z").And.Not.Contain("this very process"));
        child.Kill();
        child.WaitForExit();
        using LiteDbFile file = LiteDbFile.Open(_paths.Data);
        Assert.That(LockHolder.Parse(File.ReadAllText(_paths.Owner))!.Host, Is.EqualTo(Environment.MachineName), "the record of a dead owner, of whatever host, is in nobody's way");
    }

    [Test]
    [Platform("Linux")]
    public async Task Acquire_LeftByADeadHolderToAProcessThatItStarted_WaitsForThat()
    {
        using Process dead = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true })!;
        DateTimeOffset started = dead.StartTime.ToUniversalTime();
        dead.StandardInput.Close();
        await dead.WaitForExitAsync();
        await File.WriteAllTextAsync(_paths.Owner, new LockHolder(Environment.MachineName, dead.Id, "cat", started, started).ToText());
        using Process left = Process.Start(new ProcessStartInfo("flock", [_paths.Lock, "-c", "echo held; sleep 0.5"]) { RedirectStandardOutput = true })!;
        Assert.That(await left.StandardOutput.ReadLineAsync(), Is.EqualTo("held"));

        using StoreLock held = StoreLock.Acquire(_paths, TimeProvider.System);

        Assert.That(LockHolder.Parse(await File.ReadAllTextAsync(_paths.Owner))!.ProcessId, Is.EqualTo(Environment.ProcessId));
    }

    [Test]
    [Platform("Linux")]
    public async Task Acquire_HeldWithTheRecordOfAnotherMachine_NamesIt()
    {
        using StoreLock first = StoreLock.Acquire(_paths, TimeProvider.System);
        await File.WriteAllTextAsync(_paths.Owner, new LockHolder("elsewhere", int.MaxValue, "other", Now, Now).ToText());

        StoreLockedException refusal = Refusal(() => StoreLock.Acquire(_paths, TimeProvider.System));

        Assert.That(refusal.Holder!.Host, Is.EqualTo("elsewhere"));
    }

    [Test]
    public void Acquire_HeldWithAnUnreadableRecord_StillRefuses()
    {
        using StoreLock first = StoreLock.Acquire(_paths, TimeProvider.System);
        File.WriteAllText(_paths.Owner, "host: x\nprocess: many\n");

        StoreLockedException refusal = Refusal(() => StoreLock.Acquire(_paths, TimeProvider.System));

        Assert.That(refusal.Holder, Is.Null);
        Assert.That(refusal.Message, Does.Contain("is in use"));
    }

    [Test]
    public void Acquire_AfterDispose_SucceedsAndTheRecordIsGone()
    {
        StoreLock first = StoreLock.Acquire(_paths, TimeProvider.System);
        first.Dispose();
        first.Dispose();
        Assert.That(File.Exists(_paths.Owner), Is.False);

        using StoreLock second = StoreLock.Acquire(_paths, TimeProvider.System);

        Assert.That(File.Exists(_paths.Owner), Is.True);
    }

    [Test]
    public void Acquire_ManyThreadsAtOnce_OneWins()
    {
        for (int round = 0; round < 50; round++)
        {
            var won = new List<StoreLock>();
            Parallel.For(0, 4, _ =>
            {
                try
                {
                    StoreLock held = StoreLock.Acquire(_paths, TimeProvider.System);
                    lock (won)
                    {
                        won.Add(held);
                    }
                }
                catch (StoreLockedException)
                {
                    // The others.
                }
            });
            Assert.That(won, Has.Count.LessThanOrEqualTo(1));
            won.ForEach(each => each.Dispose());
        }
    }

    [Test]
    public void Open_ByTwoNamesOfOneFile_IsOneLock()
    {
        using LiteDbFile file = LiteDbFile.Open(_paths.Data);
        string link = _directory["link.db"];
        File.CreateSymbolicLink(link, _paths.Data);

        Assert.That(() => LiteDbFile.Open(link), Throws.TypeOf<StoreLockedException>());
    }

    [Test]
    public void Open_FileHeldByAnotherLiteDbProgram_IsRefused()
    {
        LiteDbFile.Open(_paths.Data).Dispose();
        using var other = new LiteDB.LiteDatabase(_paths.Data);
        other.GetCollection("c").Insert(new LiteDB.BsonDocument { ["_id"] = 1 });

        Assert.That(() => LiteDbFile.Open(_paths.Data), Throws.TypeOf<StoreLockedException>().Or.TypeOf<StoreFileException>());
    }

    [Test]
    public void Parse_OfWrittenRecord_GivesItBack()
    {
        var holder = new LockHolder("node: 1", 42, "my prog", Now, Now.AddHours(1));

        Assert.That(LockHolder.Parse(holder.ToText()), Is.EqualTo(holder));
    }

    private static StoreLockedException Refusal(Action action) => Assert.Throws<StoreLockedException>(action)!;
}
