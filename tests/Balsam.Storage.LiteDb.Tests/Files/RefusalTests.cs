using System.Runtime.Versioning;
using System.Text;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>What is no store is refused with a message that says what to do, and is left byte for byte as it was.</summary>
[SupportedOSPlatform("linux")]
internal sealed class RefusalTests
{
    private TemporaryDirectory _directory = null!;
    private string _path = null!;

    private static IEnumerable<TestCaseData> Contents()
    {
        byte[] random = new byte[3 * PageFormat.Size];
        new Random(1).NextBytes(random);
        random[0] = 7;
        yield return Case("text", "Dear diary,\ntoday\n"u8.ToArray(), StoreFileProblem.NotLiteDb, "begins with");
        yield return Case("random", random, StoreFileProblem.NotLiteDb, "24576 bytes");
        yield return Case("zeros", new byte[PageFormat.Size], StoreFileProblem.NotLiteDb, "8192 bytes");
        yield return Case("SQLite", [.. "SQLite format 3\0"u8, .. new byte[4080]], StoreFileProblem.NotLiteDb, "SQLite database");
        yield return Case("empty", [], StoreFileProblem.Empty, "Delete it if a new store is meant");
        yield return Case("LiteDB 4", OldLiteDb(), StoreFileProblem.OtherVersion, "file version 7");
        yield return Case("LiteDB 9", Changed(Plain(), 59, 9), StoreFileProblem.OtherVersion, "newer version of this package");
        yield return Case("encrypted", Encrypted(), StoreFileProblem.Encrypted, "encrypted");
        yield return Case("header only, too short", Plain()[..4096], StoreFileProblem.Truncated, "truncated");
        yield return Case("one page less", Plain()[..^PageFormat.Size], StoreFileProblem.Truncated, "call for");
        yield return Case("half a page less", Plain()[..^4096], StoreFileProblem.Truncated, "whole number of pages");
        yield return Case("first page only", Plain()[..PageFormat.Size], StoreFileProblem.Truncated, "call for");
        yield return Case("something appended", [.. Plain(), 1, 2, 3], StoreFileProblem.Truncated, "whole number of pages");
        yield return Case("broken header", Changed(Plain(), 194, 0xFF), StoreFileProblem.Damaged, "damaged");
    }

    [SetUp]
    public void MakeDirectory()
    {
        _directory = new TemporaryDirectory();
        _path = _directory["store.db"];
    }

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [TestCaseSource(nameof(Contents))]
    public void Open_ContentThatIsNoStore_IsRefusedAndUntouched(byte[] content, StoreFileProblem problem, string words)
    {
        File.WriteAllBytes(_path, content);
        DateTime written = File.GetLastWriteTimeUtc(_path);

        for (int attempt = 0; attempt < 2; attempt++)
        {
            StoreFileException refusal = Refusal(_path);
            Assert.That(refusal.Problem, Is.EqualTo(problem), refusal.Message);
            Assert.That(refusal.Path, Is.EqualTo(_path));
            Assert.That(refusal.Message, Does.Contain(_path).And.Contain(words));
        }

        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(content));
        Assert.That(File.GetLastWriteTimeUtc(_path), Is.EqualTo(written));
    }

    [Test]
    public void Open_TextFile_PutsNothingBesideIt()
    {
        File.WriteAllText(_path, "text");

        Refusal(_path);

        Assert.That(Directory.GetFiles(Path.GetDirectoryName(_path)!), Is.EqualTo(new[] { _path }));
    }

    [Test]
    public void Open_Directory_IsRefused()
    {
        Directory.CreateDirectory(_path);

        Assert.That(Refusal(_path).Problem, Is.EqualTo(StoreFileProblem.IsDirectory));
    }

    [Test]
    public void Open_ParentIsAFile_IsRefused()
    {
        File.WriteAllText(_path, "text");

        Assert.That(Refusal(Path.Combine(_path, "inner.db")).Problem, Is.EqualTo(StoreFileProblem.Unreachable));
    }

    [Test]
    public void Open_ReadOnlyFile_IsRefused()
    {
        File.WriteAllBytes(_path, Plain());
        File.SetUnixFileMode(_path, UnixFileMode.UserRead);

        Assert.That(Refusal(_path).Problem, Is.EqualTo(StoreFileProblem.ReadOnly));
    }

    [Test]
    public void Open_FileWithoutAnyPermission_IsRefused()
    {
        File.WriteAllBytes(_path, Plain());
        File.SetUnixFileMode(_path, UnixFileMode.None);

        Assert.That(Refusal(_path).Problem, Is.EqualTo(StoreFileProblem.NoPermission));
    }

    [Test]
    public void Open_ReadOnlyDirectory_IsRefused([Values] bool fileExists)
    {
        string directory = Path.GetDirectoryName(_path)!;
        if (fileExists)
        {
            File.WriteAllBytes(_path, Plain());
        }

        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.That(Refusal(_path).Problem, Is.EqualTo(StoreFileProblem.ReadOnly));
        }
        finally
        {
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Test]
    public void Open_ReadOnlyFileSystem_IsRefused()
    {
        Assert.That(Refusal("/proc/store.db").Problem, Is.AnyOf(StoreFileProblem.NoPermission, StoreFileProblem.ReadOnly, StoreFileProblem.Unreachable));
    }

    [Test]
    public void Open_LogOfAnotherLiteDbProgramBesideIt_IsRefusedAndUntouched()
    {
        byte[] content = Plain();
        File.WriteAllBytes(_path, content);
        File.WriteAllBytes(_directory["store-log.db"], new byte[PageFormat.Size]);

        Assert.That(Refusal(_path).Problem, Is.EqualTo(StoreFileProblem.LogUnmerged));
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(content));
    }

    [Test]
    public void Open_AfterARefusal_SucceedsOnceTheCauseIsGone()
    {
        byte[] content = Plain();
        File.WriteAllBytes(_path, content[..^4096]);
        Refusal(_path);
        File.WriteAllBytes(_path, content);

        using LiteDbFile file = LiteDbFile.Open(_path);

        Assert.That(file.Read(static database => database.GetCollection("c").Count()), Is.EqualTo(200));
    }

    [Test]
    public void Open_AnotherFileThanTheOneBefore_IsRefusedAndNoneIsMade()
    {
        var options = new LiteDbFileOptions { Identity = 42 };
        Assert.That(Assert.Catch<StoreFileException>(() => LiteDbFile.Open(_path, options))!.Problem, Is.EqualTo(StoreFileProblem.Displaced));
        Assert.That(File.Exists(_path), Is.False);

        byte[] content = Plain();
        File.WriteAllBytes(_path, content);
        Assert.That(Assert.Catch<StoreFileException>(() => LiteDbFile.Open(_path, options))!.Problem, Is.EqualTo(StoreFileProblem.Displaced));
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(content));
    }

    private static StoreFileException Refusal(string path) =>
        Assert.Catch<StoreFileException>(() => LiteDbFile.Open(path).Dispose())!;

    private static TestCaseData Case(string name, byte[] content, StoreFileProblem problem, string words) =>
        new TestCaseData(content, problem, words).SetArgDisplayNames(name);

    private static byte[] Plain()
    {
        using var stream = new MemoryStream();
        using (var database = new LiteDatabase(stream))
        {
            database.GetCollection("c").Insert(Enumerable.Range(0, 200).Select(i => new BsonDocument { ["_id"] = i, ["text"] = new string('x', 300) }));
            database.Checkpoint();
        }

        return stream.ToArray();
    }

    private static byte[] Encrypted()
    {
        using var directory = new TemporaryDirectory();
        using (var database = new LiteDatabase(new ConnectionString { Filename = directory["e.db"], Password = "secret" }))
        {
            database.GetCollection("c").Insert(new BsonDocument { ["_id"] = 1 });
        }

        return File.ReadAllBytes(directory["e.db"]);
    }

    private static byte[] OldLiteDb()
    {
        byte[] content = new byte[2 * 4096];
        Encoding.ASCII.GetBytes("** This is a LiteDB file **").CopyTo(content, 25);
        content[52] = 7;
        return content;
    }

    private static byte[] Changed(byte[] content, int at, byte value)
    {
        content[at] = value;
        return content;
    }
}
