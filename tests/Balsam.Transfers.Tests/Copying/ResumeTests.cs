using Balsam.Launch.Staging;
using Balsam.Transfers.Tests.Doubles;

namespace Balsam.Transfers.Tests.Copying;

/// <summary>Copies that are cut off and tried again: nothing that has arrived is read a second time, and nothing that is wrong is kept.</summary>
public sealed class ResumeTests
{
    private const int Mebibyte = 1 << 20;
    private const int Size = 3 * Mebibyte;

    private CopySite _site = null!;
    private byte[] _bytes = null!;

    private string FarFile => Path.Combine(_site.Far, "a");

    private string Arrived => Path.Combine(_site.Workdir, "a");

    [SetUp]
    public void SetUp()
    {
        _site = new CopySite();
        _bytes = CopySite.Bytes(Size);
        File.WriteAllBytes(FarFile, _bytes);
    }

    [TearDown]
    public void TearDown() => _site.Dispose();

    [TestCase(1)]
    [TestCase(4095)]
    [TestCase(Mebibyte)]
    [TestCase(Mebibyte + 1)]
    [TestCase(Size - 1)]
    public async Task Move_CutAtAByteOnTheWayIn_GoesOnThereAndReadsNothingTwice(int cut)
    {
        TreeDouble far = _site.Remote();
        far.CutReadsAt = cut;

        TransferResult first = await _site.InAsync("a", "/a", far: far);
        Assert.That(first.Failure, Has.Property("IsTransient").True);
        Assert.That(first.Failure!.Message, Does.Contain("the connection broke"));
        Assert.That(File.Exists(Arrived), Is.False, "it has its name only when it is whole");

        far.CutReadsAt = null;
        TransferResult second = await _site.InAsync("a", "/a", far: far);
        Assert.That((second.Failure, second.Files, second.Bytes), Is.EqualTo(((TransferException?)null, 1, (long)Size)));
        Assert.That(far.Read, Is.EqualTo(Size));
        AssertOnlyTheFile();
    }

    [Test]
    public async Task Move_CutOnTheWayOut_SendsNothingAgainThatWasNotedAsSent()
    {
        // Two notes, each of 16 MiB, then the cut.
        const int size = 40 * Mebibyte;
        const int noted = 32 * Mebibyte;
        byte[] bytes = CopySite.Bytes(size, seed: 3);
        File.WriteAllBytes(Arrived, bytes);
        TreeDouble far = _site.Remote();
        far.CutWritesAt = noted + (5 * Mebibyte);

        Assert.That((await _site.OutAsync("a", "/out", far: far)).Failure, Has.Property("IsTransient").True);
        far.CutWritesAt = null;
        Assert.That((await _site.OutAsync("a", "/out", far: far)).Failure, Is.Null);

        Assert.That(far.Written, Is.EqualTo(noted + (5 * Mebibyte) + (size - noted)));
        Assert.That(far.Read, Is.Zero, "what is far is not read to be checked");
        CopySite.AssertHolds(Path.Combine(_site.Far, "out"), bytes);
    }

    [Test]
    public async Task Move_ADirectoryCutInTheMiddle_LeavesOutWhatHasArrived([Values] TransferDirection direction)
    {
        const int files = 40;
        const int each = 10_000;
        string source = Path.Combine(direction == TransferDirection.In ? _site.Far : _site.Workdir, "tree");
        string destination = Path.Combine(direction == TransferDirection.In ? _site.Workdir : _site.Far, "copy");
        for (int i = 0; i < files; i++)
        {
            Directory.CreateDirectory(Path.Combine(source, $"d{i % 4}"));
            File.WriteAllBytes(Path.Combine(source, $"d{i % 4}", $"{i}"), CopySite.Bytes(each, i));
        }

        TreeDouble far = _site.Remote();
        (far.CutReadsAt, far.CutWritesAt) = (205_000, 205_000);
        Task<TransferResult> TryAsync() => direction == TransferDirection.In
            ? _site.InAsync("copy", "/tree", isRecursive: true, far)
            : _site.OutAsync("tree", "/copy", isRecursive: true, far);
        Assert.That((await TryAsync()).Failure, Has.Property("IsTransient").True);
        int whole = Directory.GetFiles(destination, "*", SearchOption.AllDirectories).Count(path => !Path.GetFileName(path).StartsWith('.'));
        long before = far.Read + far.Written;

        (far.CutReadsAt, far.CutWritesAt) = (null, null);
        TransferResult second = await TryAsync();

        Assert.That((second.Failure, second.Files, second.Bytes), Is.EqualTo(((TransferException?)null, files, (long)files * each)));
        Assert.That(whole, Is.GreaterThan(10));
        Assert.That(far.Read + far.Written - before, Is.LessThanOrEqualTo((files - whole) * each));
        Assert.That(CopySite.Picture(destination), Is.EqualTo(CopySite.Picture(source)));
    }

    [Test]
    public async Task Move_EndedBeforeTheRename_OnlyRenames([Values] TransferDirection direction)
    {
        File.WriteAllBytes(Path.Combine(_site.Workdir, "b"), _bytes);
        TreeDouble far = _site.Remote();
        TreeDouble work = new(_site.WorkTree()) { IsLocal = true, FailsRenames = true };
        far.FailsRenames = true;
        TransferTask task = direction == TransferDirection.In
            ? _site.Task(direction, "a", "/a", workdir: work)
            : _site.Task(direction, "b", "/b", workdir: work);
        Assert.That((await CopySite.MoveAsync(task, far)).Failure, Has.Property("IsTransient").True);
        (long read, long written) = (far.Read, far.Written);

        work.FailsRenames = far.FailsRenames = false;
        Assert.That((await CopySite.MoveAsync(task, far)).Failure, Is.Null);

        Assert.That((far.Read, far.Written), Is.EqualTo((read, written)));
        CopySite.AssertHolds(direction == TransferDirection.In ? Arrived : Path.Combine(_site.Far, "b"), _bytes);
    }

    [Test]
    public async Task Move_PartThatWasDamagedMeanwhile_StartsAgain()
    {
        TreeDouble far = await CutAsync();
        await using (FileStream part = File.OpenWrite(Part()))
        {
            part.Position = 1000;
            part.WriteByte((byte)(_bytes[1000] ^ 1));
        }

        Assert.That((await _site.InAsync("a", "/a", far: far)).Failure, Is.Null);
        Assert.That(far.Read, Is.EqualTo(Mebibyte + Size));
        AssertOnlyTheFile();
    }

    [Test]
    public async Task Move_PartThatIsShorterThanNoted_StartsAgain()
    {
        TreeDouble far = await CutAsync();
        await using (FileStream part = File.OpenWrite(Part()))
        {
            part.SetLength(1000);
        }

        Assert.That((await _site.InAsync("a", "/a", far: far)).Failure, Is.Null);
        AssertOnlyTheFile();
    }

    [Test]
    public async Task Move_SourceThatChangedSinceTheCut_StartsAgain()
    {
        TreeDouble far = await CutAsync();
        _bytes = CopySite.Bytes(Size, seed: 9);
        File.WriteAllBytes(FarFile, _bytes);
        File.SetLastWriteTimeUtc(FarFile, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.That((await _site.InAsync("a", "/a", far: far)).Failure, Is.Null);
        Assert.That(far.Read, Is.EqualTo(Mebibyte + Size));
        AssertOnlyTheFile();
    }

    [Test]
    public async Task Move_ArrivedFileThatWasDamagedBeforeTheItemEnded_IsCopiedAgain()
    {
        Directory.CreateDirectory(Path.Combine(_site.Far, "tree"));
        File.WriteAllBytes(Path.Combine(_site.Far, "tree", "first"), _bytes);
        File.WriteAllBytes(Path.Combine(_site.Far, "tree", "second"), _bytes);
        var far = new TreeDouble(_site.FarTree()) { IsLocal = true };
        far.Opening = path => far.CutReadsAt = path.EndsWith("second", StringComparison.Ordinal) ? 0 : null;
        Assert.That((await CopyOneByOneAsync(far)).Failure, Is.Not.Null);
        string first = Path.Combine(_site.Workdir, "in", "first");
        Assert.That(File.Exists(first), Is.True);
        await using (FileStream file = File.OpenWrite(first))
        {
            file.WriteByte((byte)(_bytes[0] ^ 1));
        }

        far.Opening = _ => { };
        far.CutReadsAt = null;
        Assert.That((await CopyOneByOneAsync(far)).Failure, Is.Null);
        CopySite.AssertHolds(first, _bytes);

        // Where both ends are local the files go one after the other.
        Task<TransferResult> CopyOneByOneAsync(TreeDouble tree) => _site.InAsync("in", "/tree", isRecursive: true, tree);
    }

    [TestCase("{\"File\":{\"Path\":\"\",\"Si")]
    [TestCase("no json\n")]
    [TestCase("\0\0\0\0\n")]
    [TestCase("{}\n")]
    public async Task Move_ManifestWithATornEnd_CountsWhatStandsBeforeIt(string tail)
    {
        TreeDouble far = await CutAsync();
        await File.AppendAllTextAsync(ManifestFile(), tail);

        Assert.That((await _site.InAsync("a", "/a", far: far)).Failure, Is.Null);
        Assert.That(far.Read, Is.EqualTo(Size));
        AssertOnlyTheFile();
    }

    [Test]
    public async Task Move_TornManifestThatIsCutAgain_StillCountsTheSecondTry()
    {
        TreeDouble far = await CutAsync();
        await File.AppendAllTextAsync(ManifestFile(), "{\"File\":{\"Pa");
        far.CutReadsAt = 2 * Mebibyte;
        Assert.That((await _site.InAsync("a", "/a", far: far)).Failure, Is.Not.Null);

        far.CutReadsAt = null;
        Assert.That((await _site.InAsync("a", "/a", far: far)).Failure, Is.Null);
        Assert.That(far.Read, Is.EqualTo(Size));
    }

    [Test]
    public async Task Move_ManifestWithALineWithoutEnd_IsNotTakenIntoMemory()
    {
        await using (FileStream file = File.Create(Path.Combine(_site.Workdir, Path.GetFileName(await ManifestNameAsync()))))
        {
            file.SetLength(500L << 20);
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.That((await _site.InAsync("a", "/a", far: _site.Remote())).Failure, Is.Null);
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(50 << 20));
        AssertOnlyTheFile();
    }

    [Test]
    public async Task Move_ManifestOfAnotherAddress_DoesNotCount()
    {
        await CutAsync();
        byte[] other = CopySite.Bytes(Size, seed: 4);
        File.WriteAllBytes(Path.Combine(_site.Far, "b"), other);

        Assert.That((await _site.InAsync("a", "/b", far: _site.Remote())).Failure, Is.Null);
        CopySite.AssertHolds(Arrived, other);
    }

    [Test]
    public async Task Move_DoneAndAskedAgain_ReplacesWhatIsThere()
    {
        // Nothing is remembered of an item that has arrived.
        Assert.That((await _site.InAsync("a", "/a", far: _site.Remote())).Failure, Is.Null);
        File.WriteAllText(Arrived, "changed by the job");
        Assert.That((await _site.InAsync("a", "/a", far: _site.Remote())).Failure, Is.Null);
        AssertOnlyTheFile();
    }

    private async Task<TreeDouble> CutAsync()
    {
        TreeDouble far = _site.Remote();
        far.CutReadsAt = Mebibyte;
        Assert.That((await _site.InAsync("a", "/a", far: far)).Failure, Has.Property("IsTransient").True);
        far.CutReadsAt = null;
        return far;
    }

    private async Task<string> ManifestNameAsync()
    {
        await CutAsync();
        return ManifestFile();
    }

    private string Part() => Directory.GetFiles(_site.Workdir, ".balsam-part-*").Single();

    private string ManifestFile() => Directory.GetFiles(_site.Workdir, ".balsam-transfer-*").Single();

    private void AssertOnlyTheFile()
    {
        CopySite.AssertHolds(Arrived, _bytes);
        Assert.That(Directory.GetFileSystemEntries(_site.Workdir), Has.Length.EqualTo(1), "neither part nor manifest is left");
    }
}
