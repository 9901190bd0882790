using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>The journal alone: what it gives back after a clean end, a torn one, and damage.</summary>
internal sealed class JournalTests
{
    private static readonly byte[][] Payloads = [[1], [2, 2, 2], [.. Enumerable.Repeat((byte)3, 100)], [], [.. Enumerable.Range(0, 70_000).Select(i => (byte)i)], [6, 6]];

    private TemporaryDirectory _directory = null!;
    private StorePaths _paths = null!;

    [SetUp]
    public void MakeDirectory()
    {
        _directory = new TemporaryDirectory();
        _paths = new StorePaths(_directory["store.db"]);
    }

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Open_AfterAppends_GivesThemBackInOrderAndGoesOn()
    {
        Fill(4);
        using (Journal journal = Open())
        {
            Assert.That(journal.Records.Select(record => (record.Previous, record.Last)), Is.EqualTo(new[] { (10L, 11L), (11L, 12L), (12L, 13L), (13L, 14L) }));
            Assert.That(journal.Records.Select(record => record.Payload), Is.EqualTo(Payloads[..4]));
            journal.Append(Payloads[4], 14, 15);
        }

        using Journal again = Open();
        Assert.That(again.Records.Select(record => record.Payload), Is.EqualTo(Payloads[..5]));
    }

    [Test]
    public void Clear_ThenAppend_HoldsOnlyWhatCameAfter()
    {
        Fill(5);
        using (Journal journal = Open())
        {
            journal.Clear();
            Assert.That(journal.Records, Is.Empty);
            Assert.That(new FileInfo(_paths.Journal).Length, Is.Zero);
            journal.Append(Payloads[1], 20, 21);
        }

        using Journal again = Open();
        Assert.That(again.Records.Select(record => (record.Previous, record.Last)), Is.EqualTo(new[] { (20L, 21L) }));
    }

    [Test]
    public void Open_CutAtAnyByte_GivesEveryWholeRecordAndAppendsBehindThem()
    {
        Fill(4);
        byte[] whole = File.ReadAllBytes(_paths.Journal);
        int[] ends = [.. Ends(4)];
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(_paths.Journal, whole[..length]);
            // What fills a record up to a multiple of eight says nothing: the record is whole without it.
            int expected = Enumerable.Range(0, 4).Count(i => ends[i] - PaddingOf(i) <= length);
            using (Journal journal = Open())
            {
                Assert.That(journal.Records, Has.Count.EqualTo(expected), $"cut at {length}");
                journal.Append(Payloads[5], 10 + expected, 11 + expected);
            }

            using Journal again = Open();
            Assert.That(again.Records.Select(record => record.Payload), Is.EqualTo(Payloads[..expected].Append(Payloads[5])), $"cut at {length}");
        }
    }

    [Test]
    public void Open_AnyByteOfAnEarlierRecordFlipped_SaysThatLaterOnesStandBehindIt()
    {
        Fill(4);
        byte[] whole = File.ReadAllBytes(_paths.Journal);
        int[] ends = [.. Ends(4)];
        for (int at = 0; at < ends[2]; at++)
        {
            if (IsFiller(at, ends))
            {
                continue;
            }

            byte[] flipped = [.. whole];
            flipped[at] ^= 0x10;
            File.WriteAllBytes(_paths.Journal, flipped);
            using Journal journal = Open();
            Assert.That(journal.LastBehindEnd, Is.EqualTo(14), $"flipped at {at}");
            Assert.That(journal.Records, Has.Count.EqualTo(ends.Count(end => end <= at)), $"flipped at {at}");
        }
    }

    [Test]
    public void Open_JournalOfAnotherFile_IsRefused()
    {
        Fill(2);

        StoreFileException? refusal = Assert.Throws<StoreFileException>(() => Open(identity: 43).Dispose());

        Assert.That(refusal!.Problem, Is.EqualTo(StoreFileProblem.LogForeign));
    }

    [Test]
    public void Open_JournalWithoutItsStoreFile_IsRefused()
    {
        Fill(1);

        StoreFileException? refusal = Assert.Throws<StoreFileException>(() => LiteDbFile.Open(_paths.Data).Dispose());

        Assert.That(refusal!.Message, Does.Contain("does not exist").And.Contain(_paths.Journal));
        Assert.That(File.Exists(_paths.Data), Is.False);
    }

    [Test]
    public void Append_OnAFullDisk_FaultsTheFileAndKeepsWhatWasAcknowledged()
    {
        int acknowledged = 0;
        for (int accepted = 0; accepted < 12; accepted++)
        {
            acknowledged = 0;
            using (LiteDbFile file = LiteDbFile.Open(_paths.Data, new FaultyDisk(accepted).Options()))
            {
                Assert.Throws<StoreFileFaultedException>(() =>
                {
                    while (true)
                    {
                        file.Append(Payloads[2], acknowledged, acknowledged + 1);
                        acknowledged++;
                    }
                });
                Assert.That(() => file.Append(Payloads[0], 0, 1), Throws.TypeOf<StoreFileFaultedException>());
            }

            using (LiteDbFile again = LiteDbFile.Open(_paths.Data))
            {
                // A synchronisation that failed may leave a record that nobody was told of.
                Assert.That(again.Journaled.Count, Is.EqualTo(acknowledged).Or.EqualTo(acknowledged + 1), $"{accepted} accepted");
                again.ClearJournal();
            }

            Assert.That(File.Exists(_paths.Journal), Is.False);
        }

        Assert.That(acknowledged, Is.Positive);
    }

    private static IEnumerable<int> Ends(int count)
    {
        int end = JournalFormat.HeaderSize;
        for (int i = 0; i < count; i++)
        {
            end += JournalFormat.SizeOf(Payloads[i].Length);
            yield return end;
        }
    }

    private static int PaddingOf(int record) => JournalFormat.SizeOf(Payloads[record].Length) - JournalFormat.RecordHeaderSize - Payloads[record].Length;

    private static bool IsFiller(int at, int[] ends) =>
        at is >= 20 and < JournalFormat.HeaderSize || ends.Select((end, i) => at < end && at >= end - PaddingOf(i)).Any(filler => filler);

    private Journal Open(long identity = 42)
    {
        FileDevice device = FileDevice.Open(_paths.Journal);
        try
        {
            return Journal.Open(_paths, device, identity);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    private void Fill(int count)
    {
        using Journal journal = Open();
        for (int i = 0; i < count; i++)
        {
            journal.Append(Payloads[i], 10 + i, 11 + i);
        }
    }
}
