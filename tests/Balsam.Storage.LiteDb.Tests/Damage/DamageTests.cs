using System.Globalization;
using System.Text.RegularExpressions;
using Balsam.Storage.LiteDb.Files;
using Balsam.Storage.LiteDb.Tests.Files;

namespace Balsam.Storage.LiteDb.Tests.Damage;

/// <summary>
/// A store of known content whose files are damaged in every part, at random: it tells what it told before, or refuses with a sentence that says what
/// to do. Never anything else, and never no answer. BALSAM_DAMAGES=N damages each part N times (default 15); BALSAM_TEST_SEED replays.
/// </summary>
internal sealed class DamageTests
{
    private const int DefaultTimes = 15;

    // Only a guard: a reading that goes round in circles never ends.
    private static readonly TimeSpan Endless = TimeSpan.FromMinutes(3);

    private static readonly Regex Advice = new("Restore|restore|Bring|Move it back|move the log away|Use a newer|Give the path|Delete it if|delete '");

    private TemporaryDirectory _directory = null!;
    private KnownStore _known = null!;

    private static int Times => int.TryParse(Environment.GetEnvironmentVariable("BALSAM_DAMAGES"), CultureInfo.InvariantCulture, out int times) ? times : DefaultTimes;

    [OneTimeSetUp]
    public async Task MakeStoreAsync()
    {
        _directory = new TemporaryDirectory();
        _known = await KnownStore.MakeAsync(_directory["known"]);
    }

    [OneTimeTearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public async Task Open_UndamagedFiles_TellsEverything([Values] bool killed)
    {
        (int refused, _) = await TryAsync("nothing", killed ? _known.Killed : _known.Closed, [_known.Content]);

        string files = string.Join(", ", _known.Killed.Select(file => $"store.db{file.Key}: {file.Value.Length} bytes"));
        TestContext.Out.WriteLine($"{files}; pages: {string.Join(", ", StoreRegion.OfTheFile.Select(region => $"{region} {region.Spans(_known.Closed[""]).Count()}"))}");
        Assert.That(refused, Is.Zero);
        Assert.That(_known.Killed["-wal"], Has.Length.GreaterThan(100_000));
        Assert.That(_known.Content["jobs"], Is.Not.EqualTo(_known.ContentBeforeLastCommit["jobs"]));
        Assert.That(StoreRegion.OfTheFile.Select(region => region.Spans(_known.Closed[""]).Any()), Has.All.True, "every class of page is there");
    }

    [TestCaseSource(typeof(StoreRegion), nameof(StoreRegion.OfTheFile))]
    public async Task Open_FileDamagedAfterAClose_TellsTheSameOrRefuses(StoreRegion region)
    {
        int refusals = await DamageAsync(region, _known.Closed, [_known.Content]);

        // Nobody has to read an empty page; all else is read.
        Assert.That(refusals, region.Name == "an empty page" ? Is.LessThanOrEqualTo(Times) : Is.GreaterThan(region.Name == "the header of any page" ? 0 : Times / 3));
    }

    [TestCaseSource(typeof(StoreRegion), nameof(StoreRegion.OfTheFile))]
    public async Task Open_FileDamagedAfterAKill_TellsTheSameOrRefuses(StoreRegion region) =>
        await DamageAsync(region, _known.Killed, [_known.Content]);

    [TestCaseSource(typeof(StoreRegion), nameof(StoreRegion.OfTheLog))]
    public async Task Open_LogDamagedAfterAKill_TellsTheSameOrRefuses(StoreRegion region)
    {
        int refusals = await DamageAsync(region, _known.Killed, [_known.Content]);

        Assert.That(refusals, region.Ending == "-lock" ? Is.Zero : Is.EqualTo(Times));
    }

    [Test]
    public async Task Open_AnyFileCutBlankedOrGone_TellsTheSameOrRefuses([Values] bool killed)
    {
        Random random = TestSeed.NewRandom();
        Dictionary<string, byte[]> whole = killed ? _known.Killed : _known.Closed;
        string[] endings = [.. whole.Where(file => file.Value.Length > 0).Select(file => file.Key)];
        for (int i = 0; i < Times * endings.Length; i++)
        {
            string ending = endings[i % endings.Length];
            Dictionary<string, byte[]> files = new(whole);
            (string damage, byte[]? damaged) = Damages.Apply(files[ending], random);
            if (damaged is null)
            {
                files.Remove(ending);
            }
            else
            {
                files[ending] = damaged;
            }

            if (!killed && damaged is null && ending.Length == 0)
            {
                // A store that was closed is one file: without it there is no store, and a new one may begin.
                continue;
            }

            await TryAsync($"store.db{ending}: {damage}", files, [_known.Content]);
        }
    }

    [Test]
    public async Task Open_LastCommitDamagedAndTheLockFileGone_TellsTheSameOrWhatWasBeforeIt()
    {
        // This cannot be told from a commit that was never acknowledged: all or nothing of it is there.
        Random random = TestSeed.NewRandom();
        Dictionary<string, byte[]> whole = new(_known.Killed);
        whole.Remove("-lock");
        (int last, int length) = StoreRegion.OfTheLog.Single(region => region.Name == "the last frame").Spans(whole["-wal"]).Single();
        for (int i = 0; i < Times; i++)
        {
            Dictionary<string, byte[]> files = new(whole) { ["-wal"] = (byte[])whole["-wal"].Clone() };
            string damage = Damages.Apply(files["-wal"], last, length, random);
            (int refused, int told) = await TryAsync($"the last frame: {damage}", files, [_known.Content, _known.ContentBeforeLastCommit]);
            Assert.That((refused, told), Is.EqualTo((0, 1)), damage);
        }
    }

    [Test]
    public async Task Open_LogDamagedAndTheLockFileGone_RefusesAllBeforeTheLastCommit()
    {
        Random random = TestSeed.NewRandom();
        Dictionary<string, byte[]> whole = new(_known.Killed);
        whole.Remove("-lock");
        for (int i = 0; i < Times; i++)
        {
            Dictionary<string, byte[]> files = new(whole) { ["-wal"] = (byte[])whole["-wal"].Clone() };
            int half = LogFormat.FrameSize * (files["-wal"].Length / LogFormat.FrameSize / 2);
            string damage = Damages.Apply(files["-wal"], LogFormat.HeaderSize, half, random);
            (int refused, _) = await TryAsync($"the first half of the log: {damage}", files, [_known.Content]);
            Assert.That(refused, Is.Positive, damage);
        }
    }

    [Test]
    public async Task Open_FilesOfTwoStoresMixed_TellsTheSameOrRefuses([Values("", "-wal", "-lock")] string ending)
    {
        KnownStore other = await KnownStore.MakeAsync(_directory[$"other{ending}"]);
        (int refused, _) = await TryAsync($"store.db{ending} of another store", new(_known.Killed) { [ending] = other.Killed[ending] }, [_known.Content]);

        Assert.That(refused, Is.Positive);
    }

    [Test]
    public async Task Open_FileOfAnOlderPackage_IsSealedAndThenAsSafeAsANewOne()
    {
        Dictionary<string, byte[]> files = new(_known.Closed) { [""] = WithoutSeals(_known.Closed[""]) };
        string path = KnownStore.Write(_directory[Path.GetRandomFileName()], files);
        await using (var store = new LiteDbJobStore(path))
        {
            await store.OpenAsync(default);
        }

        files[""] = await File.ReadAllBytesAsync(path);

        Assert.That(Enumerable.Range(0, files[""].Length / PageFormat.Size).Select(page => PageSeal.IsSealed(files[""].AsSpan(page * PageFormat.Size, PageFormat.Size))), Has.All.True);
        await DamageAsync(StoreRegion.OfTheFile.Single(region => region.Name == "a data page"), files, [_known.Content]);
    }

    [Test]
    public async Task Open_DamagedFileOfAnOlderPackage_AnswersInAnyCase()
    {
        // Nobody can tell what its pages held. But it neither hangs nor throws what is not its own.
        Random random = TestSeed.NewRandom();
        byte[] plain = WithoutSeals(_known.Closed[""]);
        StoreRegion[] regions = [.. StoreRegion.OfTheFile];
        for (int i = 0; i < Times * regions.Length; i++)
        {
            Dictionary<string, byte[]> files = new(_known.Closed) { [""] = (byte[])plain.Clone() };
            (int at, int length) = Pick(regions[i % regions.Length].Spans(plain), random);
            string damage = Damages.Apply(files[""], at, length, random);
            await TryAsync($"{regions[i % regions.Length]}: {damage}", files, null);
        }
    }

    private async Task<int> DamageAsync(StoreRegion region, Dictionary<string, byte[]> whole, Dictionary<string, string?>[] allowed)
    {
        Random random = TestSeed.NewRandom();
        int refusals = 0;
        for (int i = 0; i < Times; i++)
        {
            Dictionary<string, byte[]> files = new(whole) { [region.Ending] = (byte[])whole[region.Ending].Clone() };
            (int at, int length) = Pick(region.Spans(whole[region.Ending]), random);
            string damage = Damages.Apply(files[region.Ending], at, length, random);
            (int refused, _) = await TryAsync($"{region}: {damage}", files, allowed);
            refusals += refused > 0 ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{region}: {refusals} of {Times} refused, the others tell everything.");
        return refusals;
    }

    /// <summary>Opens, asks everything, writes, closes, opens again and asks again. Null allows any content.</summary>
    private async Task<(int Refused, int Told)> TryAsync(string damage, Dictionary<string, byte[]> files, Dictionary<string, string?>[]? allowed)
    {
        string directory = _directory[Path.GetRandomFileName()];
        string path = KnownStore.Write(directory, files);
        try
        {
            return await Task.Run(() => AskAsync(damage, path, allowed)).WaitAsync(Endless);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"No answer. {damage}");
            throw;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(int Refused, int Told)> AskAsync(string damage, string path, Dictionary<string, string?>[]? allowed)
    {
        int refused = 0;
        Dictionary<string, string?>? told = null;
        for (int round = 0; round < 2; round++)
        {
            await using var store = new LiteDbJobStore(path);
            try
            {
                await store.OpenAsync(default);
            }
            catch (Exception exception)
            {
                Check("open", exception);
                return (refused, told is null ? 0 : 1);
            }

            Dictionary<string, string?> parts = await StoreContent.ReadAsync(store, Check);
            Compare(parts, onlyOld: round > 0);
            told ??= parts;
            try
            {
                await store.CommitAsync([new JobCommit { Additions = [new JobAddition { Application = "App", Site = SiteName.Local, Workdir = "later", Tags = new Dictionary<string, string> { ["study"] = "d" } }] }], default);
            }
            catch (Exception exception)
            {
                Check("write", exception);
            }
        }

        return (refused, 1);

        void Check(string part, Exception exception)
        {
            refused++;
            Assert.That(exception, Is.InstanceOf<StoreException>(), $"{damage}: {part}: {exception}");
            if (allowed is not null)
            {
                Assert.That(exception.Message, Does.Contain(Path.GetDirectoryName(path)!).And.Match(Advice), $"{damage}: {part}");
            }
        }

        void Compare(Dictionary<string, string?> parts, bool onlyOld)
        {
            if (allowed is null)
            {
                return;
            }

            string[] names = [.. parts.Where(part => part.Value is not null && (!onlyOld || part.Key.Contains(' ', StringComparison.Ordinal) && !part.Key.StartsWith("events", StringComparison.Ordinal) && !part.Key.StartsWith("jobs", StringComparison.Ordinal)))
                .Select(part => part.Key)];
            bool same = allowed.Any(content => names.All(name => parts[name] == content[name]));
            string[] wrong = same ? [] : [.. names.Where(name => parts[name] != allowed[0][name])];
            Assert.That(same, Is.True, () => $"{damage}: silently wrong: {string.Join(", ", wrong)}\n{parts[wrong[0]]}\n--- instead of\n{allowed[0][wrong[0]]}");
        }
    }

    private static (int At, int Length) Pick(IEnumerable<(int At, int Length)> spans, Random random)
    {
        (int, int)[] all = [.. spans];
        return all[random.Next(all.Length)];
    }

    private static byte[] WithoutSeals(byte[] file)
    {
        byte[] plain = (byte[])file.Clone();
        for (int page = 0; page < plain.Length; page += PageFormat.Size)
        {
            PageFormat.ClearTransaction(plain.AsSpan(page, PageFormat.Size));
        }

        return plain;
    }
}
